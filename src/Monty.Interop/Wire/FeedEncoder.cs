using Monty.Interop.Values;

namespace Monty.Interop.Wire;

/// <summary>Encodes feeds and session options as requests, and refuses inputs that cannot be sent.</summary>
internal static class FeedEncoder
{
    /// <exception cref="ArgumentException">The code or an input cannot be sent.</exception>
    /// <exception cref="MontySizeException">The code and the inputs are too large for one frame. Nothing was encoded.</exception>
    public static ParentRequest Encode(string code, IReadOnlyDictionary<string, MontyValue>? inputs)
    {
        RequestSize.RequireFeed(code, inputs);
        var feed = new Feed { Code = ValueEncoder.CheckText(code, "code") };
        if (inputs is not null)
        {
            foreach (var (name, value) in inputs)
            {
                feed.Inputs.Add(EncodeInput(name, value));
            }
        }

        return new ParentRequest { Feed = feed };
    }

    public static ParentRequest EncodeSetUp(SessionOptions options, bool withLimits)
    {
        RequestSize.RequireText(options.ScriptName, "name of the script");
        var configure = new Configure { ScriptName = options.ScriptName, ProtocolVersion = Workers.WorkerConnection.ProtocolVersion };
        if (options.FlushEachLine)
        {
            configure.PrintFlushIntervalMs = 0;
        }

        if (withLimits)
        {
            configure.Limits = EncodeLimits(options.Limits);
        }

        return new ParentRequest { Configure = configure };
    }

    private static ResourceLimits EncodeLimits(MontyLimits limits)
    {
        var encoded = new ResourceLimits();
        if (limits.MaxDuration is { } duration)
        {
            encoded.MaxDurationMicros = (ulong)duration.TotalMicroseconds;
        }

        if (limits.MaxMemoryBytes is { } memory)
        {
            encoded.MaxMemoryBytes = (ulong)memory;
        }

        if (limits.MaxRecursionDepth is { } depth)
        {
            encoded.MaxRecursionDepth = (ulong)depth;
        }

        if (limits.MaxSuspensions is { } count)
        {
            encoded.MaxSuspensions = (ulong)count;
        }

        if (limits.GcInterval is { } interval)
        {
            encoded.GcInterval = (ulong)interval;
        }

        return encoded;
    }

    private static NamedValue EncodeInput(string name, MontyValue value)
    {
        if (!RuntimeNames.IsIdentifier(name))
        {
            throw new ArgumentException(
                $"The input name '{ValuePath.Shorten(name)}' is not a Python identifier. Use letters, digits and underscores, and no keyword."
            );
        }

        try
        {
            return new NamedValue { Name = name, Value = ValueEncoder.Encode(value, 3) };
        }
        catch (ArgumentException exception)
        {
            throw new ArgumentException($"The input '{name}' cannot be sent: {exception.Message}", exception);
        }
    }
}
