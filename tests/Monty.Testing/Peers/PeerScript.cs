using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Monty.Interop.Wire;

namespace Monty.Testing;

/// <summary>What a <see cref="ScriptedWorker"/> does, step by step; after the last step it ends with code 0.</summary>
/// <remarks>Immutable: each step gives a longer script, so that tests can share beginnings.</remarks>
public sealed class PeerScript
{
    /// <summary>The suffix of the file that contains the process ids of the remaining descendants.</summary>
    internal const string HoldersSuffix = ".holders";

    private readonly string text;

    private PeerScript(string text) => this.text = text;

    /// <summary>A worker that ends at once with code 0.</summary>
    public static PeerScript Start { get; } = new("");

    /// <summary>Waits until the host has written something, and takes what there is.</summary>
    public PeerScript AwaitInput() => Then("dd bs=65536 count=1 of=/dev/null 2>/dev/null");

    /// <summary>Waits until the host has written this many bytes, and takes them.</summary>
    public PeerScript AwaitBytes(int count) => Then(string.Create(CultureInfo.InvariantCulture, $"head -c {count} >/dev/null"));

    /// <summary>Writes bytes to the standard output as they are.</summary>
    public PeerScript SendRaw(params ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? this : Then($"printf '{Octal(bytes)}'");

    /// <summary>Writes a length prefix only.</summary>
    public PeerScript SendPrefix(uint length)
    {
        Span<byte> prefix = stackalloc byte[FrameParser.PrefixBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(prefix, length);
        return SendRaw(prefix);
    }

    /// <summary>Writes a complete frame with this body.</summary>
    public PeerScript SendFrame(ReadOnlySpan<byte> body) => SendPrefix((uint)body.Length).SendRaw(body);

    /// <summary>Writes text to the standard error.</summary>
    public PeerScript WriteError(string line) => Then($"printf '{Octal(Encoding.UTF8.GetBytes(line))}' >&2");

    /// <summary>Writes this many letters to the standard error.</summary>
    public PeerScript FloodError(int bytes) =>
        Then(string.Create(CultureInfo.InvariantCulture, $"head -c {bytes} /dev/zero | tr '\\0' x >&2"));

    /// <summary>Closes the standard output, and goes on.</summary>
    public PeerScript CloseOutput() => Then("exec >&-");

    /// <summary>Ends with a code.</summary>
    public PeerScript Exit(int code) => Then(string.Create(CultureInfo.InvariantCulture, $"exit {code}"));

    /// <summary>Ends by SIGKILL, as a crash does.</summary>
    public PeerScript Crash() => Then("kill -9 $$");

    /// <summary>Reads all that comes and says nothing more; ends when its input does.</summary>
    public PeerScript ReadInSilence() => Then("exec 9>&1; exec cat >/dev/null"); // a copy of the output stays open

    /// <summary>Does nothing more, for ever: it does not even read.</summary>
    public PeerScript Sleep() => Then("exec sleep 1000000");

    /// <summary>The same in a child process, as a wrapper script around the runtime would have one, which holds the pipes too.</summary>
    public PeerScript SleepInChild() => Then("sleep 1000000; true");

    /// <summary>Leaves a child process behind, which holds the pipes too, and goes on.</summary>
    public PeerScript LeaveChildBehind() => Then("sleep 1000000 &");

    /// <summary>Starts a descendant in its own session and process group, which keeps the worker's pipes open and does nothing.</summary>
    /// <remarks>Disposing the <see cref="ScriptedWorker"/> ends the descendant.</remarks>
    public PeerScript LeaveHolderBehind() => LeaveHolderBehind("exec sleep 1000000");

    /// <summary>Writes back what it reads, until its input ends.</summary>
    public PeerScript Echo() => Then("exec cat");

    /// <summary>Waits for longer than a reply may take to be received at once.</summary>
    public PeerScript Pause() => Then("sleep 0.2");

    /// <summary>The shell's source.</summary>
    public override string ToString() => text;

    /// <summary>Writes events as frames.</summary>
    internal PeerScript Send(params ReadOnlySpan<ChildEvent> events)
    {
        var script = this;
        foreach (var one in events)
        {
            script = script.SendFrame(one.ToByteArray());
        }

        return script;
    }

    /// <summary>Writes one event as a frame, over and over, until nobody reads.</summary>
    internal PeerScript SendForEver(ChildEvent one) =>
        Then($"while :; do {Start.Send(one).text.TrimEnd().Replace("\n", "; ", StringComparison.Ordinal)}; done");

    /// <summary>The same as <see cref="LeaveHolderBehind()"/>, but the descendant writes one event as a frame in an endless loop.</summary>
    internal PeerScript LeaveFloodingHolderBehind(ChildEvent one) =>
        LeaveHolderBehind(Start.SendForEver(one).text.TrimEnd().Replace("'", "\"", StringComparison.Ordinal));

    /// <summary>Moves to the process group of the host, writes an event and does nothing more, for ever.</summary>
    internal PeerScript LeaveGroup(ChildEvent left)
    {
        Span<byte> prefix = stackalloc byte[FrameParser.PrefixBytes];
        var body = left.ToByteArray();
        BinaryPrimitives.WriteUInt32LittleEndian(prefix, (uint)body.Length);
        var frame = Convert.ToHexString([.. prefix, .. body]);
        return Then($"exec perl -e 'setpgrp(0, getpgrp(getppid)) or die; syswrite STDOUT, pack(\"H*\", \"{frame}\"); sleep'");
    }

    private static string Octal(ReadOnlySpan<byte> bytes)
    {
        var escaped = new StringBuilder(bytes.Length * 4);
        foreach (var one in bytes)
        {
            escaped.Append('\\').Append(Convert.ToString(one, 8).PadLeft(3, '0'));
        }

        return escaped.ToString();
    }

    /// <remarks>
    /// A background command of a shell has no standard input, unless it gets one under another number. 3 is the lifeline of the worker, so 8 is used.
    /// </remarks>
    private PeerScript LeaveHolderBehind(string work) =>
        Then("exec 8<&0")
            .Then($"setsid sh -c 'echo $$ >> \"$1\"; {work}' sh \"$0{HoldersSuffix}\" <&8 8<&- &")
            .Then($"exec 8<&-; until [ -s \"$0{HoldersSuffix}\" ]; do :; done");

    private PeerScript Then(string line) => new($"{text}{line}\n");
}
