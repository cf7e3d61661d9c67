namespace Monty.Interop;

/// <summary>A format for the findings of a type check (<see cref="TypeCheckReport.Render"/>). The texts are those of the runtime's checker.</summary>
public enum TypeCheckFormat
{
    /// <summary>A block for each finding, with the source around it and the notes on it.</summary>
    Full,

    /// <summary>A line for each finding: place, severity, rule, message.</summary>
    Concise,

    /// <summary>Logging commands of Azure Pipelines, one line each.</summary>
    Azure,

    /// <summary>One JSON array.</summary>
    Json,

    /// <summary>One JSON object for each line.</summary>
    JsonLines,

    /// <summary>Diagnostics of reviewdog (rdjson).</summary>
    RdJson,

    /// <summary>Pylint's format: place, rule, message.</summary>
    Pylint,

    /// <summary>A code quality report of GitLab.</summary>
    GitLab,

    /// <summary>Workflow commands of GitHub.</summary>
    GitHub,
}
