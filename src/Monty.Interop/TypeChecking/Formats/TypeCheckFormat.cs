namespace Monty.Interop;

/// <summary>How the findings of a type check are written (<see cref="TypeCheckReport.Render"/>). The texts are those of the runtime's checker.</summary>
public enum TypeCheckFormat
{
    /// <summary>A block for each finding, with the source around it and what else explains it.</summary>
    Full,

    /// <summary>A line for each finding: place, severity, rule, message.</summary>
    Concise,

    /// <summary>Logging commands of Azure Pipelines.</summary>
    Azure,

    /// <summary>One JSON array.</summary>
    Json,

    /// <summary>A JSON object a line.</summary>
    JsonLines,

    /// <summary>Diagnostics of reviewdog (rdjson).</summary>
    RdJson,

    /// <summary>As pylint writes them: place, rule, message.</summary>
    Pylint,

    /// <summary>A code quality report of GitLab.</summary>
    GitLab,

    /// <summary>Workflow commands of GitHub.</summary>
    GitHub,
}
