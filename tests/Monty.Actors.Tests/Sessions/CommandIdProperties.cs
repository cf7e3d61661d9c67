using FsCheck;
using FsCheck.Fluent;
using Monty.Actors.Persistence;
using Monty.Interop;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Sessions;

/// <summary>Tests that a command id identifies one command, even in a session that was recovered from its history.</summary>
public sealed class CommandIdProperties
{
    [Fact]
    public void An_id_belongs_to_the_command_that_was_applied_under_it()
    {
        var taken = 0;
        Prop.ForAll(
                Gen.Choose(0, 1 << 20).ArrayOf(400).ToArbitrary(),
                numbers =>
                {
                    var decisions = new Decisions(numbers);
                    var session = new SimulatedSession(decisions);
                    while (decisions.AreLeft)
                    {
                        session.Step();
                    }

                    var recovered = SessionEvolver.Evolve(
                        SessionState.None,
                        session.History.Select((@event, i) => EventCodec.Read(EventCodec.Write(@event)))
                    );
                    var applied = session
                        .History.Skip(session.History.FindLastIndex(e => e is SessionForked) + 1)
                        .OfType<CommandEvent>()
                        .Select(e => e.CommandId)
                        .ToHashSet();
                    recovered.Commands.ShouldBe(session.State.Commands);
                    foreach (var command in session.Sent.Where(c => applied.Contains(c.CommandId)))
                    {
                        SessionDecider
                            .Decide(recovered, command, SimulatedSession.Tools)
                            .ShouldBeOfType<Decision.Repeated>(command.ToString());
                        foreach (var other in Others(command))
                        {
                            SessionDecider
                                .Decide(recovered, other, SimulatedSession.Tools)
                                .ShouldBeOfType<Decision.Refused>(other.ToString())
                                .Refusal.ShouldBe(SessionRefusal.IdTaken, $"{command}, then {other}");
                            taken++;
                        }
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));
        taken.ShouldBeGreaterThan(1000, "too few commands were applied to show anything");
    }

    [Fact]
    public void Contents_that_are_nearly_equal_have_different_fingerprints()
    {
        SessionCommand[] commands =
        [
            new OpenCommand("id", new SessionSetup()),
            new OpenCommand("id", new SessionSetup { Labels = ["a"] }),
            new OpenCommand("id", new SessionSetup { Labels = ["a, b"] }),
            new OpenCommand("id", new SessionSetup { Labels = ["a", "b"] }),
            new OpenCommand("id", new SessionSetup { Limits = new MontyLimits { MaxSuspensions = 7 } }),
            new FeedCommand("id", "x"),
            new FeedCommand("id", "x", ScriptName: "y"),
            new FeedCommand("id", "x", [KeyValuePair.Create<string, MontyValue>("y", 1)]),
            new FeedCommand("id", "x", [KeyValuePair.Create<string, MontyValue>("y", 1.0)]),
            new FeedCommand("id", "x", [KeyValuePair.Create<string, MontyValue>("y", MontyValue.None)]),
            new AnswerCommand("id", 1, 2, MontyAnswer.Return(1)),
            new AnswerCommand("id", 2, 1, MontyAnswer.Return(1)),
            new AnswerCommand("id", 1, 2, MontyAnswer.Return(2)),
            new AnswerCommand("id", 1, 2, MontyAnswer.Raise("ValueError", "x")),
            new AnswerCommand("id", 1, 2, MontyAnswer.Raise("ValueError", "y")),
            new AnswerCommand("id", 1, 2, MontyAnswer.Raise("KeyError", "x")),
            new SignalCommand("id", "go", 1),
            new SignalCommand("id", "go", true),
            new SignalCommand("id", "stop", 1),
            new CancelCommand("id", "a"),
            new CancelCommand("id", "b"),
            new ReleaseCommand("id", true),
            new CloseCommand("id"),
        ];

        commands.Select(CommandFingerprint.From).ShouldBeUnique();
        commands.Select(c => CommandFingerprint.From(c with { CommandId = "other" })).ShouldBe(commands.Select(CommandFingerprint.From));
    }

    private static IEnumerable<SessionCommand> Others(SessionCommand command)
    {
        var id = command.CommandId;
        yield return new OpenCommand(id, new SessionSetup { Labels = ["other"] });
        yield return new FeedCommand(id, "other code");
        yield return new AnswerCommand(id, 1000, 1000, MontyAnswer.Return(1000));
        yield return new SignalCommand(id, "other", 1);
        yield return new CancelCommand(id, "for another reason");
        if (command is not ReleaseCommand)
        {
            yield return new ReleaseCommand(id, FailFeed: true);
        }

        if (command is not CloseCommand)
        {
            yield return new CloseCommand(id);
        }
    }
}
