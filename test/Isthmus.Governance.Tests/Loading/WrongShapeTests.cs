using System.Diagnostics;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace Isthmus.Governance.Tests.Loading;

/// <summary>Every value of a site's files in every other shape: each is a fault with its line, and none an exception.</summary>
public sealed class WrongShapeTests
{
    private static readonly (string Name, Func<YamlNode> Make)[] Shapes =
    [
        ("text", () => new YamlScalarNode("some text")),
        ("nothing", () => new YamlScalarNode("~")),
        ("empty text", () => new YamlScalarNode(string.Empty) { Style = YamlDotNet.Core.ScalarStyle.DoubleQuoted }),
        ("list", () => new YamlSequenceNode("some text", "another")),
        ("list of lists", () => new YamlSequenceNode((YamlNode)new YamlSequenceNode("some text"))),
        ("list of maps", () => new YamlSequenceNode(new YamlMappingNode("some-key", "some text"))),
        ("map", () => new YamlMappingNode("some-key", "some text")),
        ("empty map", () => new YamlMappingNode()),
        ("map of lists", () => new YamlMappingNode("some-key", new YamlSequenceNode("some text"))),
    ];

    public static TheoryData<string> Files => [DemoSite.Settings, DemoSite.Contract, "integrations/patient-app.yaml", DemoSite.Policy, "policies/access.yaml"];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_value_of_another_shape_is_a_located_fault_or_says_the_same(string path)
    {
        var site = new DemoSite(whole: path == "integrations/patient-app.yaml");
        var accepted = new List<string>();
        foreach (var (place, replace) in Places(site[path]))
        {
            foreach (var (name, make) in Shapes)
            {
                var (text, was) = replace(make());
                site[path] = text;

                var load = site.Load();

                Assert.True(load.Model is null == load.Faults.Count > 0, $"{place} as {name}");
                var lines = text.Count(c => c == '\n') + 1;
                Assert.All(load.Faults.Where(fault => fault.Path == path), fault => Assert.InRange(fault.Line, 1, lines));
                if (load.Model is not null && KindOf(was) != KindOf(make()))
                {
                    accepted.Add($"{place} as {name}");
                }
            }
        }

        Assert.All(accepted, change => Assert.True(IsTheSame(change), change));
    }

    [Theory]
    [InlineData("some-key-{0}: text\n")]
    [InlineData("? [a, {0}]\n: text\n")]
    public void A_file_of_ten_megabytes_is_refused_with_faults_that_a_person_can_read(string line)
    {
        var site = new DemoSite();
        var text = new StringBuilder(site[DemoSite.Contract]);
        for (var i = 0; text.Length < 10 << 20; i++)
        {
            text.Append(string.Format(System.Globalization.CultureInfo.InvariantCulture, line, i));
        }

        site[DemoSite.Contract] = text.ToString();
        var watch = Stopwatch.StartNew();
        var load = site.Load();

        Assert.Null(load.Model);
        Assert.InRange(load.Faults.Count, 1, SiteLoader.MostFaults + 1);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    /// <summary>A single text stands for a list of one, and an empty list or map for none where there may be none.</summary>
    private static bool IsTheSame(string change) => change.EndsWith(" as text", StringComparison.Ordinal) || change.EndsWith(" as list", StringComparison.Ordinal)
        || change.EndsWith(" as empty list", StringComparison.Ordinal) || change.EndsWith(" as empty map", StringComparison.Ordinal);

    private static string KindOf(YamlNode node) => node.NodeType.ToString();

    /// <summary>Each node once for its trail (<c>fields[].source</c>), with a way to the file's text that has another there.</summary>
    private static List<(string Place, Func<YamlNode, (string Text, YamlNode Was)> Replace)> Places(string text)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var document = Root(text);
        return
        [
            .. Walk(document.RootNode, string.Empty, []).Where(node => seen.Add(node.Trail))
                .Select(node => (node.Trail, new Func<YamlNode, (string, YamlNode)>(other => Replaced(document, node.Steps, other)))),
        ];
    }

    private static IEnumerable<(string Trail, int[] Steps)> Walk(YamlNode node, string trail, int[] steps)
    {
        if (trail.Length > 0)
        {
            yield return (trail, steps);
        }

        IEnumerable<(string Name, YamlNode Node)> below = node switch
        {
            YamlMappingNode map => map.Children.Select(child => ($"{trail}.{child.Key}", child.Value)),
            YamlSequenceNode list => list.Children.Select(child => ($"{trail}[]", child)),
            _ => [],
        };
        foreach (var (found, at) in below.Select((child, at) => (child, at)))
        {
            foreach (var deeper in Walk(found.Node, found.Name, [.. steps, at]))
            {
                yield return deeper;
            }
        }
    }

    /// <summary>The file's text with another node there, and the node that was; the document is left as it was.</summary>
    private static (string Text, YamlNode Was) Replaced(YamlDocument document, int[] steps, YamlNode other)
    {
        var parent = steps[..^1].Aggregate(document.RootNode, (node, step) => node is YamlMappingNode map ? map.Children[step].Value : ((YamlSequenceNode)node).Children[step]);
        var was = Exchange(parent, steps[^1], other);
        var written = new StringWriter();
        new YamlStream(document).Save(written, assignAnchors: false);
        Exchange(parent, steps[^1], was);
        return (written.ToString(), was);
    }

    private static YamlNode Exchange(YamlNode parent, int at, YamlNode other)
    {
        YamlNode was;
        if (parent is YamlMappingNode map)
        {
            (var key, was) = map.Children[at];
            map.Children[key] = other;
        }
        else
        {
            var items = ((YamlSequenceNode)parent).Children;
            was = items[at];
            items[at] = other;
        }

        return was;
    }

    private static YamlDocument Root(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents[0];
    }
}
