using Monty.Interop.Syntax;

namespace Monty.Interop.Repl;

/// <summary>Tracks which blocks are open, one logical line at a time, and stops at the first line that Python does not allow.</summary>
internal sealed class BlockOutline
{
    private readonly Stack<Block> blocks = new([new Block(0, null)]);

    /// <summary>The clause whose body must start on the next line, or null.</summary>
    private string? header;

    /// <summary>Returns true when the last statement of <paramref name="source"/> needs more lines.</summary>
    public bool NeedsMoreLines(LogicalLines source)
    {
        foreach (var line in source.Lines)
        {
            if (!AddLine(line))
            {
                return false; // More lines cannot correct this error.
            }
        }

        if (header is not null || blocks.Any(b => b.IsUnfinished))
        {
            return true;
        }

        var isInBlock = blocks.Count > 1 || blocks.Peek().EndsWithBlock;
        return isInBlock && source.End != SourceEnd.AtLineStart;
    }

    private bool AddLine(LogicalLine line)
    {
        if (header is not null)
        {
            if (line.Indent <= blocks.Peek().Indent)
            {
                return false;
            }

            blocks.Push(new Block(line.Indent, header));
        }

        while (line.Indent < blocks.Peek().Indent)
        {
            if (blocks.Pop().IsUnfinished)
            {
                return false;
            }
        }

        if (line.Indent != blocks.Peek().Indent || !blocks.Peek().TryAdd(line.Clause))
        {
            return false;
        }

        header = line.AwaitsBody ? line.Clause : null;
        return true;
    }

    /// <summary>The statements at one level of indentation.</summary>
    /// <param name="indent">The column at which the statements start.</param>
    /// <param name="header">The clause whose body the statements form, or null at the top level.</param>
    private sealed class Block(int indent, string? header)
    {
        /// <summary>The first clause of the last statement, or null when that is a simple statement.</summary>
        private string? opening;

        /// <summary>The latest clause of the last statement, or null when that is a simple statement.</summary>
        private string? latest;

        public int Indent => indent;

        public bool EndsWithBlock => opening is not null;

        /// <summary>True after a decorator, and after a <c>try</c> that has no <c>except</c> or <c>finally</c> yet.</summary>
        public bool IsUnfinished => latest is "@" or "try";

        /// <summary>Adds a line at this indentation. Returns false when Python does not allow the line here.</summary>
        public bool TryAdd(string? clause)
        {
            if (ContinuesLastStatement(clause))
            {
                latest = clause;
                return true;
            }

            if (clause is "elif" or "else" or "except" or "finally" || (header == "match") != (clause == "case"))
            {
                return false;
            }

            var isAllowed = latest switch
            {
                "@" => clause is "@" or "def" or "class",
                "try" => false,
                _ => true,
            };
            opening = clause;
            latest = clause;
            return isAllowed;
        }

        /// <summary>True when the clause is a further clause of the last statement.</summary>
        private bool ContinuesLastStatement(string? clause) =>
            (opening, latest, clause) switch
            {
                ("if", "if" or "elif", "elif" or "else") => true,
                ("for" or "while", not "else", "else") => true,
                ("try", "try" or "except", "except") => true,
                ("try", "except", "else") => true,
                ("try", "try" or "except" or "else", "finally") => true,
                _ => false,
            };
    }
}
