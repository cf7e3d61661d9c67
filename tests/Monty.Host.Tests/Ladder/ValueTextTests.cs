using Monty.Host.Ladder.Checks;
using Monty.Interop;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Ladder;

public sealed class ValueTextTests
{
    [Theory]
    [InlineData("\"it's\"", "it's")]
    [InlineData("[\"a\", 1.0, null]", "['a', 1.0, None]")]
    [InlineData("{\"$path\": \"a/b\"}", "a/b")]
    [InlineData("{\"$exception\": {\"type\": \"ValueError\", \"message\": \"bad\"}}", "bad")]
    [InlineData("{\"$exception\": {\"type\": \"ValueError\"}}", "")]
    [InlineData("{\"$date\": \"2024-02-29\"}", "2024-02-29")]
    [InlineData("{\"$time\": \"01:02:03.000004\"}", "01:02:03.000004")]
    [InlineData("{\"$datetime\": \"2024-02-29T01:02:03\"}", "2024-02-29 01:02:03")]
    [InlineData("{\"$datetime\": \"0099-02-28T01:02:03.5-05:30\"}", "0099-02-28 01:02:03.500000-05:30")]
    public void Text_equals_str_in_Python(string json, string text) => PythonText.Format(MontyJson.Parse(json)).ShouldBe(text);

    [Theory]
    [InlineData("null", "none")]
    [InlineData("true", "bool")]
    [InlineData("{\"$int\": \"99999999999999999999999\"}", "int")]
    [InlineData("1.0", "float")]
    [InlineData("\"\"", "str")]
    [InlineData("{\"$bytes\": \"\"}", "bytes")]
    [InlineData("[]", "list")]
    [InlineData("{\"$tuple\": []}", "tuple")]
    [InlineData("{\"$set\": []}", "set")]
    [InlineData("{\"$frozenset\": []}", "frozenset")]
    [InlineData("{}", "dict")]
    [InlineData("{\"$namedtuple\": {\"type\": \"P\", \"fields\": {}}}", "namedtuple")]
    [InlineData("{\"$dataclass\": {\"type\": \"P\", \"fields\": {}}}", "dataclass")]
    [InlineData("{\"$instance\": {\"type\": \"P\", \"fields\": {}}}", "instance")]
    [InlineData("{\"$path\": \"x\"}", "path")]
    [InlineData("{\"$type\": \"int\"}", "type")]
    [InlineData("{\"$ellipsis\": true}", "ellipsis")]
    [InlineData("{\"$timedelta\": {\"days\": 1}}", "timedelta")]
    [InlineData("{\"$repr\": \"<x>\"}", "repr")]
    public void Kinds_have_the_names_of_their_tags(string json, string kind) => ValueKind.GetKind(MontyJson.Parse(json)).ShouldBe(kind);
}
