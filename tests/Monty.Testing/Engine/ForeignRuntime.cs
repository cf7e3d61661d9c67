using Google.Protobuf;
using Monty.Actors;
using Monty.Interop;
using Monty.Interop.Dumps;

namespace Monty.Testing.Engine;

/// <summary>Creates dumps that look as if another version of the runtime had made them.</summary>
public static class ForeignRuntime
{
    private const int FormatByte = 6;

    /// <summary>Returns the dump with another format number of the runtime and a valid seal, so that only the runtime can refuse it.</summary>
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
