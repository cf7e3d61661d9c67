using FsCheck;
using FsCheck.Fluent;
using Monty.Actors.Records;
using Monty.Actors.Tests.Sessions;
using Monty.Interop;
using Shouldly;
using Xunit;
using MontyFunctionCall = Monty.Interop.MontyFunctionCall;
using MontyNameLookup = Monty.Interop.MontyNameLookup;
using MontyOsCall = Monty.Interop.MontyOsCall;

namespace Monty.Actors.Tests.Records;

/// <summary>What stands in the journal is read back as what happened, byte for byte for ever.</summary>
public sealed class RecordCodecTests
{
    private static readonly DateTimeOffset At = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly MontyFunctionCall Call = new(
        "fetch",
        ["x", 2],
        [new("retries", 3)],
        7,
        new Guid("00112233-4455-6677-8899-aabbccddeeff")
    );
    private static readonly PythonError Error = new(
        "ValueError",
        "bad",
        [
            new PythonFrame(
                "main.py",
                new SourceLocation(1, 2),
                new SourceLocation(1, 5),
                "f",
                "f(x)",
                HideCaret: true,
                HideFunctionName: false
            ),
        ],
        new JsonErrorData("m", "d", 1, 2, 3)
    );

    /// <summary>Each kind of record, and its bytes in schema 1. Bytes in this list never change: what changes gets a new schema.</summary>
    public static TheoryData<string, SessionEvent, string> Goldens =>
        new()
        {
            {
                "opened",
                new SessionOpened(
                    "c",
                    new SessionSetup
                    {
                        ScriptName = "a.py",
                        Limits = new MontyLimits
                        {
                            MaxDuration = TimeSpan.FromSeconds(1),
                            MaxMemoryBytes = 2,
                            MaxRecursionDepth = 3,
                            MaxSuspensions = 4,
                            MaxSuspensionsPerFeed = 5,
                            GcInterval = 6,
                        },
                        Labels = ["l"],
                    }
                ),
                "0a01631204612e70791a0f0880ade2041002180320042805300622016c"
            },
            { "opened", new SessionOpened("c", new SessionSetup()), "0a016312076d61696e2e70791a00" },
            { "opened", new SessionOpened("c", new SessionSetup { TypeCheck = true }), "0a016312076d61696e2e70791a002801" },
            { "fed", new FeedStarted("c", 1, "x", [new("n", 1)], "s.py"), "0a016310011a017822060a016e1201312a04732e7079" },
            { "printed", new TextPrinted("text"), "0a0474657874" },
            {
                "resolved",
                new CalledInline(new MontyNameLookup("n", new Guid("00112233-4455-6677-8899-aabbccddeeff")), MontyAnswer.NotFound),
                "0a171a150a016e121033221100554477668899aabbccddeeff12021a00"
            },
            {
                "resolved",
                new CalledInline(new MontyOsCall(OsFunction.Getenv, ["K", MontyValue.None], 3), MontyAnswer.NotHandled),
                "0a11120f08131203224b2212046e756c6c180312022200"
            },
            {
                "resolved",
                new CalledInline(new MontyOsCall(OsFunction.Getenv, ["K", MontyValue.None], 3), MontyAnswer.NotHandled) { FilesChangedAt = At },
                "0a11120f08131203224b2212046e756c6c18031202220018c0a6cfa3d4c5ae03"
            },
            {
                "call_announced",
                new CallAnnounced(Call, CallKind.External, true, "00ff", At),
                "0a330a310a05666574636812032278221201321a0c0a077265747269657312013320072a1033221100554477668899aabbccddeeff1001180122043030666628c0a6cfa3d4c5ae03"
            },
            {
                "call_announced",
                new CallAnnounced(Call, CallKind.External, true, "00ff", At) { FileLength = 300 },
                "0a330a310a05666574636812032278221201321a0c0a077265747269657312013320072a1033221100554477668899aabbccddeeff1001180122043030666628c0a6cfa3d4c5ae0330ac02"
            },
            {
                "call_answered",
                new CallAnswered("c", 7, MontyAnswer.Return(new MontyTuple([1]))),
                "0a016310071a100a0e7b22247475706c65223a5b315d7d"
            },
            {
                "call_answered",
                new CallAnswered("", 7, MontyAnswer.Raise(Error)),
                "10071a3f123d0a0a56616c75654572726f7212036261641a1c0a076d61696e2e707910011802200128053201663a046628782940012a0c0a016d120164180120022803"
            },
            { "call_timed_out", new CallTimedOut(7), "0807" },
            { "call_dropped", new CallDropped(7), "0807" },
            { "attempt_failed", new AttemptFailed(7, 2, "e", At), "1007180222016528c0a6cfa3d4c5ae03" },
            { "attempt_started", new AttemptStarted(7, 3), "08071003" },
            { "futures_awaited", new FuturesAwaited([1, 2]), "0a020102" },
            { "futures_delivered", new FuturesDelivered([1]), "0a0101" },
            { "signal_received", new SignalReceived("c", "go", 1.5), "0a01631202676f1a03312e35" },
            { "signal_taken", new SignalTaken("go"), "0a02676f" },
            { "feed_stopping", new FeedStopping("c", new FeedOutcome.Cancelled("why")), "0a016312051a03776879" },
            { "feed_ended", new FeedEnded(new FeedOutcome.Completed(true)), "0a060a0474727565" },
            {
                "feed_ended",
                new FeedEnded(new FeedOutcome.Failed(new PythonError("TimeoutError"), FailureOrigin.Limit)),
                "0a1412120a0e0a0c54696d656f75744572726f721001"
            },
            { "feed_ended", new FeedEnded(new FeedOutcome.Rejected("findings")), "0a0a220866696e64696e6773" },
            { "worker_lost", new WorkerCrashed("exit 134"), "0a086578697420313334" },
            { "quarantined", new SessionQuarantined("why", "what"), "0a03776879120477686174" },
            { "released", new QuarantineReleased("c"), "0a0163" },
            { "forked", new SessionForked("trip-1", 7, "c"), "0a06747269702d3110071a0163" },
            { "closed", new SessionClosed("c"), "0a0163" },
        };

    [Theory]
    [MemberData(nameof(Goldens), DisableDiscoveryEnumeration = true)]
    public void Records_keep_their_bytes(string kind, SessionEvent fact, string bytes)
    {
        var record = RecordCodec.Encode(fact, 5, At);

        (record.Kind, record.Schema, record.Version, record.At).ShouldBe((kind, 1, 5L, At));
        Convert.ToHexStringLower(record.Payload.Span).ShouldBe(bytes);
        RecordCodec.Decode(new JournalRecord(5, kind, 1, Convert.FromHexString(bytes), At)).ShouldBe(fact);
    }

    [Fact]
    public void Every_kind_of_fact_has_a_golden_record() =>
        Goldens
            .Select(g => g.Data.Item2.GetType())
            .Distinct()
            .Order(Comparer<Type>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name)))
            .ShouldBe(
                typeof(SessionEvent)
                    .Assembly.GetTypes()
                    .Where(t => t.IsSubclassOf(typeof(SessionEvent)) && !t.IsAbstract)
                    .OrderBy(t => t.Name, StringComparer.Ordinal)
            );

    [Fact]
    public void Every_story_is_read_as_it_was_written()
    {
        Prop.ForAll(
                Gen.Choose(0, 1 << 20).ArrayOf(300).ToArbitrary(),
                numbers =>
                {
                    var decisions = new Decisions(numbers);
                    var session = new SimulatedSession(decisions);
                    while (decisions.AreLeft)
                    {
                        session.Step();
                    }

                    session
                        .Story.Select((fact, i) => RecordCodec.Decode(RecordCodec.Encode(fact, i + 1, session.Now)))
                        .ShouldBe(session.Story);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void Damaged_bytes_are_a_fact_or_refused_as_documented()
    {
        Prop.ForAll(
                Gen.Choose(0, int.MaxValue).ArrayOf(3).ToArbitrary(),
                numbers =>
                {
                    var (kind, fact, _) = Goldens.ElementAt(numbers[0] % Goldens.Count).Data;
                    var bytes = RecordCodec.Encode(fact, 1, At).Payload.ToArray();
                    if (bytes.Length == 0)
                    {
                        return;
                    }

                    bytes[numbers[1] % bytes.Length] ^= (byte)(1 + (numbers[2] % 255));
                    try
                    {
                        RecordCodec.Decode(new JournalRecord(1, kind, 1, bytes, At)).ShouldNotBeNull();
                    }
                    catch (JournalException refused)
                    {
                        refused.Message.ShouldStartWith($"Record 1 ({kind}) cannot be read: it is damaged: ");
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Fact]
    public void What_a_newer_engine_wrote_is_refused_by_name()
    {
        Should
            .Throw<JournalException>(() => RecordCodec.Decode(new JournalRecord(3, "fed", 2, default, At)))
            .Message.ShouldBe(
                "Record 3 (fed) cannot be read: its schema 2 is not one that this version of the engine knows (1). A newer engine wrote it."
            );
        Should
            .Throw<JournalException>(() => RecordCodec.Decode(new JournalRecord(3, "teleported", 1, default, At)))
            .Message.ShouldBe("Record 3 (teleported) cannot be read: its kind is unknown. A newer engine wrote it, or it was damaged.");
    }
}
