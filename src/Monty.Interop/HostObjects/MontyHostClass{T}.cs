using System.Text;
using Monty.Interop.HostObjects;
using Monty.Interop.Tools;
using Monty.Interop.Tools.Signatures;
using Monty.Interop.Values.Clr;

namespace Monty.Interop;

/// <summary>A class of lent objects of one C# type.</summary>
/// <typeparam name="T">The C# type.</typeparam>
/// <remarks>Immutable. Thread-safe when the functions of its members are. Created by <see cref="MontyHostClass.Define"/>.</remarks>
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
        Tool = new MontyTool(name, isAsync: false, ConstructAsync) { Classes = [this] };
    }

    /// <inheritdoc/>
    public override MontyTool Tool { get; }

    internal override bool IsLent => true;

    internal override IReadOnlyCollection<MontyHostClass> ReferencedClasses => types.Classes;

    internal override bool CanReattach => members.Find is not null;

    /// <summary>Returns an object of this class that can be lent to scripts (<see cref="FeedOptions.HostObjects"/>).</summary>
    /// <param name="target">The C# object.</param>
    /// <param name="id">The id to lend the object with, or null for a random one. Pass the same id each time so that the object can be found again after a load.</param>
    public MontyHostObject Wrap(T target, Guid? id = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new MontyHostObject(this, target, id);
    }

    internal override MontyType ToType() => new(Name, MontyTypeOrigin.Host, Id);

    internal override MontyValue ToValue(object value, ClrConversion conversion, LentObjects objects) =>
        objects.Lend(this, value, id: null);

    internal override MontyTool? FindMethod(string name) => members.Methods.GetValueOrDefault(name)?.Tool;

    internal override Func<object, LentObjects, MontyValue>? FindAttribute(string name) => members.Attributes.GetValueOrDefault(name)?.Read;

    internal override object? Reattach(Guid id) => members.Find?.Invoke(id);

    internal override string GetDeclaration(bool withDocs)
    {
        var text = new StringBuilder($"class {Name}:\n");
        var headingLength = text.Length;
        if (withDocs && description is not null)
        {
            PythonText.AppendDocstring(text, description, [], "    ");
        }

        foreach (var (name, attribute) in members.Attributes)
        {
            if (!withDocs)
            {
                text.Append($"    @property\n    def {name}(self) -> {attribute.Type}: ...\n");
                continue;
            }

            var comment = attribute.Description is null ? "" : "  # " + PythonText.OneLine(attribute.Description);
            text.Append($"    {name}: {attribute.Type}{comment}\n");
        }

        if (members.Constructor is { } constructor)
        {
            text.Append($"    def __init__{constructor.Signature} -> None: ...\n");
        }

        foreach (var method in members.Methods.Values)
        {
            text.Append(method.GetDeclaration(withDocs));
        }

        if (text.Length == headingLength)
        {
            text.Append("    ...\n");
        }

        return text.ToString();
    }

    private async ValueTask<MontyValue> ConstructAsync(ToolCall call, CancellationToken cancellationToken)
    {
        if (members.Constructor is not { } constructor)
        {
            throw new PythonException("TypeError", $"cannot create '{Name}' instances");
        }

        var target =
            constructor.Invoke(call, cancellationToken)
            ?? throw new InvalidOperationException($"The constructor of the class '{Name}' returned null. Return the new object.");
        return call.Objects.Lend(this, target, id: null);
    }
}
