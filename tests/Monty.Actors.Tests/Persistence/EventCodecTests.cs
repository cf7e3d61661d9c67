using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Monty.Actors.Persistence;
using Monty.Actors.Tests.Sessions;
using Monty.Interop;
using Shouldly;
using Xunit;
using MontyFunctionCall = Monty.Interop.MontyFunctionCall;
using MontyNameLookup = Monty.Interop.MontyNameLookup;
using MontyOsCall = Monty.Interop.MontyOsCall;

namespace Monty.Actors.Tests.Persistence;

/// <summary>Tests that events are read as they were written, and that their stored bytes never change.</summary>
public sealed class EventCodecTests
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

    /// <summary>
    /// The events of each kind with their bytes in version 1. These bytes never change. A change of meaning gets a new field or a new manifest.
    /// </summary>
    public static TheoryData<SessionEvent, string> Goldens =>
        new()
        {
            {
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
                "0a1d0a01631204612e70791a0f0880ade2041002180320042805300622016c"
            },
            { new SessionOpened("c", new SessionSetup()), "0a0e0a016312076d61696e2e70791a00" },
            { new SessionOpened("c", new SessionSetup { TypeCheck = true }), "0a100a016312076d61696e2e70791a002801" },
            { new FeedStarted("c", 1, "x", [new("n", 1)], "s.py"), "12160a016310011a017822060a016e1201312a04732e7079" },
            {
                new FeedStarted("c", 1, "x", [], null) { AsyncFunctions = ["pay", "sleep"] },
                "12160a016310011a0178320c0a037061790a05736c656570"
            },
            {
                new FeedStarted("c", 1, "x", [], null) { AsyncFunctions = [] },
                "120a0a016310011a01783200"
            },
            { new TextPrinted("text"), "1a060a0474657874" },
            {
                new CalledInline(new MontyNameLookup("n", new Guid("00112233-4455-6677-8899-aabbccddeeff")), MontyAnswer.NotFound),
                "221d0a171a150a016e121033221100554477668899aabbccddeeff12021a00"
            },
            {
                new CalledInline(new MontyOsCall(OsFunction.Getenv, ["K", MontyValue.None], 3), MontyAnswer.NotHandled),
                "22170a11120f08131203224b2212046e756c6c180312022200"
            },
            {
                new CalledInline(new MontyOsCall(OsFunction.Getenv, ["K", MontyValue.None], 3), MontyAnswer.NotHandled)
                {
                    FilesChangedAt = At,
                },
                "22200a11120f08131203224b2212046e756c6c18031202220018c0a6cfa3d4c5ae03"
            },
            {
                new CallAnnounced(Call, CallKind.External, true, "00ff", At),
                "2a480a330a310a05666574636812032278221201321a0c0a077265747269657312013320072a1033221100554477668899aabbccddeeff1001180122043030666628c0a6cfa3d4c5ae03"
            },
            {
                new CallAnnounced(Call, CallKind.External, true, "00ff", At) { FileLength = 300 },
                "2a4b0a330a310a05666574636812032278221201321a0c0a077265747269657312013320072a1033221100554477668899aabbccddeeff1001180122043030666628c0a6cfa3d4c5ae0330ac02"
            },
            { new CallAnswered("c", 7, MontyAnswer.Return(new MontyTuple([1]))), "32170a016310071a100a0e7b22247475706c65223a5b315d7d" },
            {
                new CallAnswered("", 7, MontyAnswer.Raise(Error)),
                "324310071a3f123d0a0a56616c75654572726f7212036261641a1c0a076d61696e2e707910011802200128053201663a046628782940012a0c0a016d120164180120022803"
            },
            { new CallTimedOut(7), "3a020807" },
            { new CallDropped(7), "42020807" },
            { new AttemptFailed(7, 2, "e", At), "4a101007180222016528c0a6cfa3d4c5ae03" },
            { new AttemptStarted(7, 3), "520408071003" },
            { new FuturesAwaited([1, 2]), "5a040a020102" },
            { new FuturesDelivered([1]), "62030a0101" },
            { new SignalReceived("c", "go", 1.5), "6a0c0a01631202676f1a03312e35" },
            { new SignalTaken("go"), "72040a02676f" },
            { new FeedStopping("c", new FeedOutcome.Cancelled("why")), "7a0a0a016312051a03776879" },
            { new FeedEnded(new FeedOutcome.Completed(true)), "8201080a060a0474727565" },
            {
                new FeedEnded(new FeedOutcome.Failed(new PythonError("TimeoutError"), FailureOrigin.Limit)),
                "8201160a1412120a0e0a0c54696d656f75744572726f721001"
            },
            { new FeedEnded(new FeedOutcome.Rejected("findings")), "82010c0a0a220866696e64696e6773" },
            { new WorkerCrashed("exit 134"), "8a010a0a086578697420313334" },
            { new SessionQuarantined("why", "what"), "a2010b0a03776879120477686174" },
            { new QuarantineReleased("c"), "aa01030a0163" },
            { new SessionForked("trip-1", 7, "c"), "b2010d0a06747269702d3110071a0163" },
            { new SessionClosed("c"), "ba01030a0163" },
            {
                new SessionClosed("c") { SentAt = At },
                "ba01030a0163a006c0a6cfa3d4c5ae03"
            },
            { new SessionResumed("the start of feed 1"), "9201150a13746865207374617274206f6620666565642031" },
            { new SessionSuspended(), "9a0100" },
        };

    [Theory]
    [MemberData(nameof(Goldens), DisableDiscoveryEnumeration = true)]
    public void Events_keep_their_bytes(SessionEvent @event, string bytes)
    {
        Convert.ToHexStringLower(EventCodec.Write(@event).ToByteArray()).ShouldBe(bytes);
        Read(Convert.FromHexString(bytes)).ShouldBe(@event);
    }

    [Fact]
    public void Every_kind_of_event_has_golden_bytes() =>
        Goldens
            .Select(g => g.Data.Item1.GetType())
            .Distinct()
            .Order(Comparer<Type>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name)))
            .ShouldBe(
                typeof(SessionEvent)
                    .Assembly.GetTypes()
                    .Where(t => t.IsSubclassOf(typeof(SessionEvent)) && !t.IsAbstract)
                    .OrderBy(t => t.Name, StringComparer.Ordinal)
            );

    [Fact]
    public void Every_history_is_read_as_it_was_written()
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

                    session.History.Select((@event, i) => EventCodec.Read(EventCodec.Write(@event))).ShouldBe(session.History);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void A_snapshot_of_any_state_is_read_as_it_was_written()
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

                    var state = SessionEvolver.Evolve(SessionState.None, session.History);
                    var snapshot = new SessionSnapshot(new SessionId("t", "s"), 7, session.History.Count, At, state, Dump: null);
                    var written = SnapshotCodec.Write(snapshot).ToByteArray();
                    var read = SnapshotCodec.Read(Monty.Actors.Persistence.Proto.Snapshot.Parser.ParseFrom(written));
                    SnapshotCodec.Write(read).ToByteArray().ShouldBe(written);
                    read.State.Commands.Entries.ShouldBe(state.Commands.Entries);
                    Answers(read.State).ShouldBe(Answers(state));
                    SessionDecider.NextTurn(read.State)?.ToString().ShouldBe(SessionDecider.NextTurn(state)?.ToString());
                    SessionSummaries.From(read.State, At, At).ShouldBe(SessionSummaries.From(state, At, At));
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void A_snapshot_with_damaged_answers_is_refused_before_they_are_needed()
    {
        var answers = AnswersCodec.Write(CallAnswers.Empty.Add(3, MontyAnswer.Return(12345)))!;
        AnswersCodec.Read(answers).Find(3).ShouldBe(MontyAnswer.Return(12345));
        var bytes = answers.Bytes.ToByteArray();
        bytes[^1] ^= 1;
        answers.Bytes = ByteString.CopyFrom(bytes);

        Should.Throw<StoredFormatException>(() => AnswersCodec.Read(answers));
    }

    [Fact]
    public void Damaged_bytes_are_read_as_an_event_or_refused_as_documented()
    {
        Prop.ForAll(
                Gen.Choose(0, int.MaxValue).ArrayOf(3).ToArbitrary(),
                numbers =>
                {
                    var (@event, _) = Goldens.ElementAt(numbers[0] % Goldens.Count).Data;
                    var bytes = EventCodec.Write(@event).ToByteArray();
                    bytes[numbers[1] % bytes.Length] ^= (byte)(1 + (numbers[2] % 255));
                    try
                    {
                        Read(bytes).ShouldNotBeNull();
                    }
                    catch (Exception refused) when (StoredFormatException.IsOfTheBytes(refused))
                    {
                        refused.Message.ShouldNotBeEmpty();
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Fact]
    public void An_event_that_a_newer_engine_wrote_is_refused()
    {
        Should.Throw<StoredFormatException>(() => Read([])).Message.ShouldContain("unknown kind");
    }

    private static SessionEvent Read(byte[] bytes) => EventCodec.Read(Monty.Actors.Persistence.Proto.Event.Parser.ParseFrom(bytes));

    private static IEnumerable<(uint CallId, MontyAnswer? Answer)> Answers(SessionState state) =>
        state.Feed is { Answers: var answers } ? answers.CallIds.Select(id => (id, answers.Find(id))) : [];
}
