using Google.Protobuf;
using Monty.Actors;
using Monty.Interop;
using Monty.Interop.Dumps;

namespace Monty.Testing.Engine;

/// <summary>What another version of the runtime made.</summary>
public static class ForeignRuntime
{
    private const int FormatByte = 6;

    /// <summary>The dump as a runtime with another dump format would have made it, sealed as ours: only the runtime can refuse it.</summary>
    public static JournalDump WithFormat(this JournalDump dump, byte format)
    {
        ArgumentNullException.ThrowIfNull(dump);
        var seal = new DumpSeal(default, dump.Runtime);
        var envelope = seal.Open(new MontyDump(dump.Content));
        var state = envelope.State.ToByteArray();
        state[FormatByte] = format;
        envelope.State = ByteString.CopyFrom(state);
        return new JournalDump(dump.Version, dump.Runtime, seal.Wrap(envelope).Bytes);
    }
}
