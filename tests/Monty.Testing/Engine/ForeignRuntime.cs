using Google.Protobuf;
using Monty.Actors.Persistence;
using Monty.Interop;
using Monty.Interop.Dumps;

namespace Monty.Testing.Engine;

/// <summary>Creates dumps that look as if another version of the runtime had made them.</summary>
internal static class ForeignRuntime
{
    private const int FormatByte = 6;

    /// <summary>Returns the dump with another format number of the runtime and a valid seal, so that only the runtime can refuse it.</summary>
    public static StoredDump WithFormat(this StoredDump dump, byte format)
    {
        var seal = new DumpSeal(default, dump.Runtime);
        var envelope = seal.Open(new MontyDump(dump.Bytes));
        var state = envelope.State.ToByteArray();
        state[FormatByte] = format;
        envelope.State = ByteString.CopyFrom(state);
        return dump with { Bytes = seal.Wrap(envelope).Bytes };
    }
}
