namespace Monty.Host.Tests.Support;

/// <summary>Reads the golden files, which contain expected output.</summary>
internal static class Golden
{
    public static string Read(string name)
    {
        using var stream =
            typeof(Golden).Assembly.GetManifestResourceStream($"Monty.Host.Tests.Goldens.{name}.txt")
            ?? throw new FileNotFoundException($"The golden file {name}.txt does not exist.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
