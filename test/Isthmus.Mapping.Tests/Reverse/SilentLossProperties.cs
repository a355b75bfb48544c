using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Fhir.Json;
using Isthmus.Mapping.Reverse;

namespace Isthmus.Mapping.Tests.Reverse;

/// <summary>
/// What no finding names, the message says: whichever value of a bundle is changed, the message changes too, or a finding names the value
/// or what it stands in. The property asks nothing of how the maps keep account of what they read.
/// </summary>
public sealed class SilentLossProperties
{
    private const string Gone = "Practitioner/gone";

    /// <summary>Messages of each type; the long form of the tests tries forty times as many.</summary>
    private static readonly int Count = Environment.GetEnvironmentVariable("ISTHMUS_TEST_ALL") == "1" ? 80 : 2;

    public static TheoryData<string> Types => [.. MessageGenerator.Types];

    [Theory]
    [MemberData(nameof(Types))]
    public void No_value_of_a_bundle_is_lost_without_a_finding(string type)
    {
        var silent = new SortedSet<string>(StringComparer.Ordinal);
        for (var seed = 1; seed <= Count; seed++)
        {
            var bundle = JsonNode.Parse(RoundTrip.Forward(new MessageGenerator(seed).Next(type).Bytes))!.AsObject();
            var before = Written.Of(bundle);
            foreach (var leaf in Leaves(bundle))
            {
                if (!before.Names(leaf.Path) && Changed(leaf) is { } other)
                {
                    var kept = leaf.Replace(other);
                    if (Written.Of(bundle).Says(before))
                    {
                        silent.Add($"{leaf.Shape} = {kept.ToJsonString()} (seed {seed})");
                    }

                    leaf.Replace(kept);
                }
            }
        }

        Assert.True(silent.Count == 0, string.Join('\n', silent));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void What_comes_back_whole_has_no_finding(string type)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        for (var seed = 1; seed <= Count * 10; seed++)
        {
            var message = new MessageGenerator(seed).Next(type).Bytes;
            if (RoundTrip.HoldsReversedPeriod(message))
            {
                continue;
            }

            found.UnionWith(RoundTrip.Back(RoundTrip.Forward(message)).Findings.Select(finding => $"{finding.Rule} {finding.Location} (seed {seed})"));
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_reference_that_leads_nowhere_is_named_by_a_finding(string type)
    {
        for (var seed = 1; seed <= Count; seed++)
        {
            var bundle = JsonNode.Parse(RoundTrip.Forward(new MessageGenerator(seed).Next(type).Bytes))!.AsObject();
            foreach (var leaf in Leaves(bundle).Where(leaf => leaf.Path.EndsWith(".reference", StringComparison.Ordinal)))
            {
                var kept = leaf.Replace(JsonValue.Create(Gone));
                Assert.True(Written.Of(bundle).Names(leaf.Path), $"seed {seed}: {leaf.Path}");
                leaf.Replace(kept);
            }
        }
    }

    /// <summary>Another value of the same kind; null for what serves the exchange alone.</summary>
    private static JsonValue? Changed(Leaf leaf)
    {
        if (IsExchange(leaf.Path))
        {
            return null;
        }

        var value = leaf.Value;
        return value.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.True => JsonValue.Create(false),
            System.Text.Json.JsonValueKind.False => JsonValue.Create(true),
            System.Text.Json.JsonValueKind.Number => JsonValue.Create(value.GetValue<decimal>() + 7),
            _ when leaf.Path.EndsWith(".reference", StringComparison.Ordinal) => JsonValue.Create(Gone),
            _ when value.GetValue<string>() is var text && text.Length >= 4 && text[..4].All(char.IsAsciiDigit) && (text.Length == 4 || text[4] == '-') => JsonValue.Create("1831" + text[4..]),
            _ => JsonValue.Create(value.GetValue<string>() + "x"),
        };
    }

    private static bool IsExchange(string path) =>
        path.EndsWith(".id", StringComparison.Ordinal) || path.EndsWith(".resourceType", StringComparison.Ordinal) || path.EndsWith(".fullUrl", StringComparison.Ordinal)
        || path.EndsWith(".display", StringComparison.Ordinal) || path.Contains(".communication[0].language.coding[0].", StringComparison.Ordinal) || path.Contains(".meta.profile", StringComparison.Ordinal) || path.Contains(".text.", StringComparison.Ordinal) || path.Contains("Provenance", StringComparison.Ordinal)
        || !path.StartsWith("Bundle.entry[", StringComparison.Ordinal) || path.Contains("MessageHeader", StringComparison.Ordinal);

    private static IEnumerable<Leaf> Leaves(JsonObject bundle)
    {
        var entries = bundle["entry"]!.AsArray();
        for (var number = 0; number < entries.Count; number++)
        {
            var resource = entries[number]!["resource"]!.AsObject();
            var type = resource["resourceType"]!.GetValue<string>();
            if (type is not ("Provenance" or "MessageHeader"))
            {
                foreach (var leaf in Within(resource, $"Bundle.entry[{number}].resource/*{type}/{resource["id"]}*/", type))
                {
                    yield return leaf;
                }
            }
        }
    }

    private static List<Leaf> Within(JsonNode node, string path, string shape)
    {
        var leaves = new List<Leaf>();
        var children = node is JsonObject properties
            ? properties.Select(property => (property.Value, (object)property.Key, $"{path}.{property.Key.TrimStart('_')}", $"{shape}.{property.Key}"))
            : node.AsArray().Select((item, position) => (item, (object)position, $"{path}[{position}]", shape));
        foreach (var (child, at, childPath, childShape) in children.ToList())
        {
            if (child is JsonValue)
            {
                leaves.Add(new Leaf(node, at, childPath, childShape));
            }
            else if (child is not null)
            {
                leaves.AddRange(Within(child, childPath, childShape));
            }
        }

        return leaves;
    }

    private sealed record Leaf(JsonNode Around, object At, string Path, string Shape)
    {
        public JsonValue Value => (JsonValue)(At is int position ? Around[position] : Around[(string)At])!;

        public JsonNode Replace(JsonNode value)
        {
            var kept = Value.DeepClone();
            if (At is int position)
            {
                Around[position] = value;
            }
            else
            {
                Around[(string)At] = value;
            }

            return kept;
        }
    }

    /// <summary>What became of a bundle: the message without its number, and the findings.</summary>
    private sealed record Written(string Message, IReadOnlyList<ReverseFinding> Findings)
    {
        public static Written Of(JsonObject bundle)
        {
            var context = RoundTrip.Context with { ControlId = "1" };
            var written = RoundTrip.Writer.Translate(FhirJsonReader.ReadJson(Encoding.UTF8.GetBytes(bundle.ToJsonString())).Root, context);
            return new Written(RoundTrip.Lines(written.Message), written.Findings);
        }

        public bool Names(string path) =>
            Findings.Any(finding => path.StartsWith(finding.Location, StringComparison.Ordinal) && (path.Length == finding.Location.Length || path[finding.Location.Length] is '.' or '[' or '/'));

        public bool Says(Written other) => Message == other.Message && Findings.SequenceEqual(other.Findings);
    }
}
