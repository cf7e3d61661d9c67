namespace Monty.Interop;

/// <summary>Thrown when the type check refused the code. Nothing ran, and the session is unchanged.</summary>
public sealed class MontyTypeCheckException : MontyException
{
    internal MontyTypeCheckException(TypeCheckReport report)
        : base("The type check refused the code:\n" + report.Text) => Report = report;

    /// <summary>The findings, as data and in every format.</summary>
    public TypeCheckReport Report { get; }

    /// <summary>The findings as text.</summary>
    public string Diagnostics => Report.Text;
}
