using System.Text;
using System.Text.Json;
using Monty.Interop;

namespace Monty.Actors;

/// <summary>Validates a command independently of the session's state. A valid command can be stored and sent to the interpreter.</summary>
/// <remarks>Pure.</remarks>
internal static class CommandCheck
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Returns the refusal of a command that is invalid or too large for any store, or null if it is valid.</summary>
    public static Decision.Refused? FindRefusal(SessionCommand command)
    {
        try
        {
            Check(command);
            return null;
        }
        catch (MontySizeException tooLarge)
        {
            return new Decision.Refused(SessionRefusal.TooLarge, tooLarge.Message);
        }
        catch (Exception invalid) when (invalid is ArgumentException or JsonException)
        {
            return new Decision.Refused(SessionRefusal.Invalid, invalid.Message);
        }
    }

    /// <summary>Returns the reason why an answer is invalid, or null if it can be stored and sent.</summary>
    public static string? WhyInvalid(MontyAnswer answer) =>
        answer is ReturnAnswer or RaiseAnswer
            ? answer.IsSendable(out var reason)
                ? null
                : $"The answer cannot be sent: {reason}"
            : "The answer is invalid: a call is answered with a value or an exception.";

    private static void Check(SessionCommand command)
    {
        if (command is not (TimersElapsedCommand or RetryCommand or EndCallCommand))
        {
            CheckId(command.CommandId);
        }

        switch (command)
        {
            case OpenCommand open:
                CheckSetup(open.Setup ?? throw new ArgumentException("The setup is null. Pass a new SessionSetup() for the defaults."));
                break;
            case FeedCommand feed:
                if (!new FeedTurn(feed.Code, new OrderedDictionary<string, MontyValue>(feed.Inputs)).IsSendable(out var whyNot))
                {
                    throw new ArgumentException(whyNot);
                }

                foreach (var (_, value) in feed.Inputs)
                {
                    MontyJson.RequireFit(value);
                }

                if (feed.ScriptName is { } name)
                {
                    CheckScriptName(name);
                }

                break;
            case AnswerCommand answer:
                if (WhyInvalid(answer.Answer) is { } why)
                {
                    throw new ArgumentException(why);
                }

                if (answer.Answer is ReturnAnswer { Value: var returned })
                {
                    MontyJson.RequireFit(returned);
                }

                break;
            case SignalCommand signal:
                CheckText(signal.Name, "name of a signal");
                if (!MontyAnswer.Return(signal.Value).IsSendable(out var reason))
                {
                    throw new ArgumentException($"The signal's value cannot be sent: {reason}");
                }

                MontyJson.RequireFit(signal.Value);

                break;
            case CancelCommand cancel:
                CheckText(cancel.Reason, "reason to cancel");
                break;
        }
    }

    private static void CheckId(string? id)
    {
        if (id is not { Length: > 0 and <= SessionCommand.MaxIdLength })
        {
            throw new ArgumentException(
                $"The command's id is invalid: use 1 to {SessionCommand.MaxIdLength} characters, such as a GUID, and keep the id when you send the command again."
            );
        }

        CheckUnicode(id, "id of a command");
    }

    private static void CheckSetup(SessionSetup setup)
    {
        CheckScriptName(setup.ScriptName);
        ArgumentNullException.ThrowIfNull(setup.Limits);
        setup.Limits.Validate();
        new SessionSummary(SessionStatus.Idle, default, default, Labels: setup.Labels).Check();
    }

    private static void CheckScriptName(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new ArgumentException("The script's name is empty. Use a name such as main.py, which tracebacks show.");
        }

        CheckText(name, "script's name");
    }

    private static void CheckText(string? text, string what)
    {
        if (text is null)
        {
            throw new ArgumentException($"The {what} is null.");
        }

        if (text.Length > SessionCommand.MaxTextLength)
        {
            throw new ArgumentException(
                $"The {what} has {text.Length} characters, but at most {SessionCommand.MaxTextLength} are allowed. Shorten it."
            );
        }

        CheckUnicode(text, what);
    }

    private static void CheckUnicode(string text, string what)
    {
        try
        {
            StrictUtf8.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            throw new ArgumentException($"The {what} contains a lone surrogate, which UTF-8 cannot encode. Replace it.");
        }
    }
}
