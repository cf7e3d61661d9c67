using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Monty.Interop.Wire;

namespace Monty.Testing;

/// <summary>The steps of a <see cref="ScriptedWorker"/>. After the last step, the worker exits with code 0.</summary>
/// <remarks>Immutable. Each method returns a new script with one more step, so that tests can share the beginning of a script.</remarks>
public sealed class PeerScript
{
    /// <summary>The suffix of the file that contains the process ids of the remaining descendants.</summary>
    internal const string HoldersSuffix = ".holders";

    private readonly string text;

    private PeerScript(string text) => this.text = text;

    /// <summary>The script without steps, which exits immediately with code 0.</summary>
    public static PeerScript Start { get; } = new("");

    /// <summary>Waits until the host has written something, and reads what is available.</summary>
    public PeerScript AwaitInput() => Then("dd bs=65536 count=1 of=/dev/null 2>/dev/null");

    /// <summary>Waits until the host has written a number of bytes, and reads them.</summary>
    public PeerScript AwaitBytes(int count) => Then(string.Create(CultureInfo.InvariantCulture, $"head -c {count} >/dev/null"));

    /// <summary>Writes bytes to standard output, without framing.</summary>
    public PeerScript SendRaw(params ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? this : Then($"printf '{Octal(bytes)}'");

    /// <summary>Writes the length prefix of a frame, without a body.</summary>
    public PeerScript SendPrefix(uint length)
    {
        Span<byte> prefix = stackalloc byte[FrameParser.PrefixBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(prefix, length);
        return SendRaw(prefix);
    }

    /// <summary>Writes a complete frame.</summary>
    public PeerScript SendFrame(ReadOnlySpan<byte> body) => SendPrefix((uint)body.Length).SendRaw(body);

    /// <summary>Writes text to standard error.</summary>
    public PeerScript WriteError(string line) => Then($"printf '{Octal(Encoding.UTF8.GetBytes(line))}' >&2");

    /// <summary>Writes a number of letters to standard error.</summary>
    public PeerScript FloodError(int bytes) =>
        Then(string.Create(CultureInfo.InvariantCulture, $"head -c {bytes} /dev/zero | tr '\\0' x >&2"));

    /// <summary>Closes standard output, and continues.</summary>
    public PeerScript CloseOutput() => Then("exec >&-");

    /// <summary>Exits with a code.</summary>
    public PeerScript Exit(int code) => Then(string.Create(CultureInfo.InvariantCulture, $"exit {code}"));

    /// <summary>Kills itself with SIGKILL, like a crash.</summary>
    public PeerScript Crash() => Then("kill -9 $$");

    /// <summary>Reads its input without writing anything, until the input ends. Its output stays open.</summary>
    public PeerScript ReadInSilence() => Then("exec 9>&1; exec cat >/dev/null");

    /// <summary>Does nothing forever, and does not read its input.</summary>
    public PeerScript Sleep() => Then("exec sleep 1000000");

    /// <summary>Does nothing forever in a child process that holds the pipes open, like a wrapper script around the runtime.</summary>
    public PeerScript SleepInChild() => Then("sleep 1000000; true");

    /// <summary>Starts a child process that holds the pipes open and outlives the worker, and continues.</summary>
    public PeerScript LeaveChildBehind() => Then("sleep 1000000 &");

    /// <summary>Starts a descendant in its own session and process group, which keeps the worker's pipes open and does nothing.</summary>
    /// <remarks>Disposing the <see cref="ScriptedWorker"/> ends the descendant.</remarks>
    public PeerScript LeaveHolderBehind() => LeaveHolderBehind("exec sleep 1000000");

    /// <summary>Copies its input to its output, until the input ends.</summary>
    public PeerScript Echo() => Then("exec cat");

    /// <summary>Waits long enough that the next output is received by a separate read.</summary>
    public PeerScript Pause() => Then("sleep 0.2");

    /// <summary>Returns the source of the shell script.</summary>
    public override string ToString() => text;

    /// <summary>Writes events as frames.</summary>
    internal PeerScript Send(params ReadOnlySpan<ChildEvent> events)
    {
        var script = this;
        foreach (var childEvent in events)
        {
            script = script.SendFrame(childEvent.ToByteArray());
        }

        return script;
    }

    /// <summary>Writes the same event as a frame repeatedly, until the reader closes the pipe.</summary>
    internal PeerScript SendForEver(ChildEvent repeated) =>
        Then($"while :; do {Start.Send(repeated).text.TrimEnd().Replace("\n", "; ", StringComparison.Ordinal)}; done");

    /// <summary>The same as <see cref="LeaveHolderBehind()"/>, but the descendant writes one event as a frame in an endless loop.</summary>
    internal PeerScript LeaveFloodingHolderBehind(ChildEvent one) =>
        LeaveHolderBehind(Start.SendForEver(one).text.TrimEnd().Replace("'", "\"", StringComparison.Ordinal));

    /// <summary>Moves to the process group of the host, writes an event, and does nothing more.</summary>
    internal PeerScript LeaveGroup(ChildEvent childEvent)
    {
        Span<byte> prefix = stackalloc byte[FrameParser.PrefixBytes];
        var body = childEvent.ToByteArray();
        BinaryPrimitives.WriteUInt32LittleEndian(prefix, (uint)body.Length);
        var frame = Convert.ToHexString([.. prefix, .. body]);
        return Then($"exec perl -e 'setpgrp(0, getpgrp(getppid)) or die; syswrite STDOUT, pack(\"H*\", \"{frame}\"); sleep'");
    }

    private static string Octal(ReadOnlySpan<byte> bytes)
    {
        var escaped = new StringBuilder(bytes.Length * 4);
        foreach (var octet in bytes)
        {
            escaped.Append('\\').Append(Convert.ToString(octet, 8).PadLeft(3, '0'));
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
