using FsCheck;
using FsCheck.Fluent;
using Monty.Actors.Persistence;
using Monty.Interop;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Sessions;

/// <summary>Tests that no command throws, even if it is malformed. It is refused with a message, or accepted and then stored unchanged.</summary>
public sealed class CommandCheckProperties
{
    [Fact]
    public void A_malformed_command_is_refused_or_stored_unchanged()
    {
        var (taken, refused) = (new HashSet<System.Type>(), new HashSet<System.Type>());
        Prop.ForAll(
                Gen.Choose(0, 1 << 20).ArrayOf(200).ToArbitrary(),
                MontyValueGenerator.Arbitrary,
                (numbers, value) =>
                {
                    var decisions = new Decisions(numbers);
                    var session = new SimulatedSession(decisions);
                    for (var steps = decisions.OneIn(3) ? 0 : decisions.Below(20); steps > 0; steps--)
                    {
                        session.Step();
                    }

                    var command = new MalformedCommands(decisions, value, session.State).Next();
                    switch (SessionDecider.Decide(session.State, command, SimulatedSession.Tools))
                    {
                        case Decision.Refused no:
                            no.Message.ShouldNotBeNullOrWhiteSpace();
                            if (no.Refusal == SessionRefusal.Invalid)
                            {
                                refused.Add(command.GetType());
                            }

                            break;
                        case Decision.Accepted yes:
                            foreach (var @event in yes.Events)
                            {
                                EventCodec.Read(EventCodec.Write(@event)).ShouldBe(@event);
                            }

                            SessionEvolver.Evolve(session.State, yes.Events).Commands.Contains(command.CommandId).ShouldBeTrue();
                            taken.Add(command.GetType());
                            break;
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
        System.Type[] all =
        [
            typeof(OpenCommand),
            typeof(FeedCommand),
            typeof(AnswerCommand),
            typeof(SignalCommand),
            typeof(CancelCommand),
            typeof(ReleaseCommand),
            typeof(CloseCommand),
        ];
        all.Except([typeof(ReleaseCommand), .. taken]).ShouldBeEmpty("never taken"); // a release needs a quarantine, which is rare
        all.Except(refused).ShouldBeEmpty("never refused");
    }

    [Theory]
    [MemberData(nameof(Malformed), DisableDiscoveryEnumeration = true)]
    public void The_message_describes_the_problem(SessionCommand command, string message)
    {
        var open = SessionEvolver.Evolve(SessionState.None, new SessionOpened("open", new SessionSetup()));

        var refused = SessionDecider
            .Decide(command is OpenCommand ? SessionState.None : open, command, SimulatedSession.Tools)
            .ShouldBeOfType<Decision.Refused>();

        refused.Refusal.ShouldBe(SessionRefusal.Invalid);
        refused.Message.ShouldStartWith(message);
    }

    public static TheoryData<SessionCommand, string> Malformed =>
        new()
        {
            { new CloseCommand(null!), "The command's id is invalid: use 1 to 128 characters" },
            { new CloseCommand("\ud800"), "The id of a command contains a lone surrogate" },
            { new OpenCommand("id", null!), "The setup is null." },
            { new FeedCommand("id", null!), "The code is null." },
            {
                new FeedCommand("id", "1", default, new string('x', 1025)),
                "The script's name has 1025 characters, but at most 1024 are allowed."
            },
            { new SignalCommand("id", null!, 1), "The name of a signal is null." },
            { new SignalCommand("id", "go", null!), "The signal's value cannot be sent: A value is null." },
            { new SignalCommand("id", "go", "\ud800"), "The signal's value cannot be sent: The str contains a lone surrogate" },
            {
                new AnswerCommand("open", 1, 0, MontyAnswer.Return("\ud800")),
                "The answer cannot be sent: The str contains a lone surrogate"
            },
            { new AnswerCommand("open", 1, 0, null!), "The answer is invalid: a call is answered with a value or an exception." },
            { new CancelCommand("id", null!), "The reason to cancel is null." },
            { new CancelCommand("id", "\udc00"), "The reason to cancel contains a lone surrogate" },
        };
}
