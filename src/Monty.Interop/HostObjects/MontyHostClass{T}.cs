using System.Text;
using Monty.Interop.HostObjects;
using Monty.Interop.Tools;
using Monty.Interop.Tools.Signatures;
using Monty.Interop.Values.Clr;

namespace Monty.Interop;

/// <summary>A class of lent objects of one C# type.</summary>
/// <typeparam name="T">The C# type.</typeparam>
/// <remarks>Immutable; thread-safe as far as its members' functions are. Made by <see cref="MontyHostClass.Define"/>.</remarks>
public sealed class MontyHostClass<T> : MontyHostClass
    where T : class
{
    private readonly string? description;
    private readonly MontyHostClassMembers<T> members;
    private readonly PythonTypes types;

    internal MontyHostClass(string name, string? description, MontyHostClassMembers<T> members, PythonTypes types)
        : base(name, typeof(T))
    {
        this.description = description;
        this.members = members;
        this.types = types;
        Tool = new MontyTool(name, isAsync: false, MakeAsync) { Classes = [this] };
    }

    /// <inheritdoc/>
    public override MontyTool Tool { get; }

    internal override bool IsLent => true;

    internal override IReadOnlyCollection<MontyHostClass> Uses => types.Classes;

    internal override bool CanReattach => members.Find is not null;

    /// <summary>An object to lend (<see cref="FeedOptions.HostObjects"/>).</summary>
    /// <param name="target">The object.</param>
    /// <param name="id">Its identity, the same whenever it is lent, so that it can be found again after a load; null for a random one.</param>
    public MontyHostObject Wrap(T target, Guid? id = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new MontyHostObject(this, target, id);
    }

    internal override MontyType ToType() => new(Name, MontyTypeOrigin.Host, Id);

    internal override MontyValue ToValue(object value, ClrConversion conversion, LentObjects objects) =>
        objects.Lend(this, value, id: null);

    internal override MontyTool? Method(string name) => members.Methods.GetValueOrDefault(name)?.Tool;

    internal override Func<object, LentObjects, MontyValue>? Attribute(string name) => members.Attributes.GetValueOrDefault(name)?.Read;

    internal override object? Reattach(Guid id) => members.Find?.Invoke(id);

    internal override string Declaration(bool documented)
    {
        var text = new StringBuilder($"class {Name}:\n");
        var empty = text.Length;
        if (documented && description is not null)
        {
            PythonText.AppendDocstring(text, description, [], "    ");
        }

        foreach (var (name, attribute) in members.Attributes)
        {
            if (!documented)
            {
                text.Append($"    @property\n    def {name}(self) -> {attribute.Type}: ...\n");
            }
            else
            {
                text.Append(
                    $"    {name}: {attribute.Type}{(attribute.Description is { } said ? "  # " + PythonText.OneLine(said) : "")}\n"
                );
            }
        }

        if (members.Constructor is { } constructor)
        {
            text.Append($"    def __init__{constructor.Signature} -> None: ...\n");
        }

        foreach (var method in members.Methods.Values)
        {
            text.Append(method.Declaration(documented));
        }

        return text.Length == empty ? text.Append("    ...\n").ToString() : text.ToString();
    }

    private async ValueTask<MontyValue> MakeAsync(ToolCall call, CancellationToken cancellationToken)
    {
        if (members.Constructor is not { } constructor)
        {
            throw new PythonException("TypeError", $"cannot create '{Name}' instances");
        }

        return call.Objects.Lend(
            this,
            constructor.Make(call, cancellationToken)
                ?? throw new InvalidOperationException($"The constructor of the class '{Name}' returned null. Return the new object."),
            id: null
        );
    }
}
