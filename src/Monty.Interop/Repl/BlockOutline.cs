using Monty.Interop.Syntax;

namespace Monty.Interop.Repl;

/// <summary>Follows which blocks are open from logical line to logical line, until one stands where Python allows none.</summary>
internal sealed class BlockOutline
{
    private readonly Stack<Block> blocks = new([new Block(0, null)]);

    /// <summary>The header that the next line must be indented under, or null.</summary>
    private string? header;

    /// <summary>True when the last statement of <paramref name="source"/> waits for more lines.</summary>
    public bool IsWaiting(LogicalLines source)
    {
        foreach (var line in source.Lines)
        {
            if (!AddLine(line))
            {
                return false; // more lines do not mend this one
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

        if (line.Indent != blocks.Peek().Indent || !blocks.Peek().Take(line.Clause))
        {
            return false;
        }

        header = line.AwaitsBody ? line.Clause : null;
        return true;
    }

    /// <summary>The statements of one indentation.</summary>
    /// <param name="indent">Their column.</param>
    /// <param name="header">The clause that they are the body of, or null at the top.</param>
    private sealed class Block(int indent, string? header)
    {
        /// <summary>The first clause of the last statement and its latest one; null after a simple statement.</summary>
        private string? opening;
        private string? latest;

        public int Indent => indent;

        public bool EndsWithBlock => opening is not null;

        /// <summary>True after a decorator, and after a <c>try</c> that nothing handles.</summary>
        public bool IsUnfinished => latest is "@" or "try";

        /// <summary>Adds a line of this indentation; false where Python does not allow it.</summary>
        public bool Take(string? clause)
        {
            if (GoesOn(clause))
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

        /// <summary>True when the clause belongs to the statement before it.</summary>
        private bool GoesOn(string? clause) =>
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
