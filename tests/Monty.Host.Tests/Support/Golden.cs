namespace Monty.Host.Tests.Support;

/// <summary>Texts that outputs are compared with, to the byte.</summary>
internal static class Golden
{
    public static string Read(string name)
    {
        using var stream =
            typeof(Golden).Assembly.GetManifestResourceStream($"Monty.Host.Tests.Goldens.{name}.txt")
            ?? throw new FileNotFoundException($"There is no golden {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
