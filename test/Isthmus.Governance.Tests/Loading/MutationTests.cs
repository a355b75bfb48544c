using System.Text;

namespace Isthmus.Governance.Tests.Loading;

/// <summary>Whatever a site's files hold, loading ends in a model or in faults, never in an exception.</summary>
public sealed class MutationTests
{
    private const int Rounds = 150;

    private static readonly string[] Inserts =
        ["\n", " ", ":", "-", "[", "]", "{", "}", "\"", "'", "#", "&a ", "*a", "!!int ", "|\n", ">-\n", "\t", "\0", "é", "0", "''", "\" \"", "~", "---\n", "...\n", "? ", "%YAML 1.2\n"];

    [Theory]
    [InlineData(DemoSite.Settings)]
    [InlineData(DemoSite.Contract)]
    [InlineData(DemoSite.Policy)]
    public void A_mutated_file_gives_a_model_or_faults_inside_the_file(string path)
    {
        var random = new Random(path.Length);
        var original = new DemoSite();
        var text = original[path];
        var refused = 0;
        for (var i = 0; i < Rounds; i++)
        {
            original[path] = Mutate(text, random);

            var load = original.Load();

            Assert.True(load.Model is null == load.Faults.Count > 0);
            refused += load.Model is null ? 1 : 0;
            var lines = original[path].Count(c => c == '\n') + 2;
            Assert.All(load.Faults.Where(f => f.Path == path), f => Assert.InRange(f.Line, 0, lines));
        }

        Assert.InRange(refused, Rounds / 4, Rounds);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_a_fault()
    {
        var site = new DemoSite();
        site.SetBytes(DemoSite.Settings, [.. "site: "u8, 0xff, 0xfe]);

        Assert.Contains(site.Load().Faults, f => f.Rule == "site.yaml-syntax");
    }

    private static string Mutate(string text, Random random)
    {
        var mutated = new StringBuilder(text);
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(mutated.Length);
            switch (random.Next(4))
            {
                case 0:
                    mutated.Insert(at, Inserts[random.Next(Inserts.Length)]);
                    break;
                case 1:
                    mutated.Remove(at, Math.Min(random.Next(1, 30), mutated.Length - at));
                    break;
                case 2:
                    mutated[at] = (char)random.Next(32, 127);
                    break;
                default:
                    // A value goes, its key stays.
                    var colon = mutated.ToString().IndexOf(": ", at, StringComparison.Ordinal);
                    var end = colon < 0 ? -1 : mutated.ToString().IndexOf('\n', colon);
                    if (end > colon)
                    {
                        mutated.Remove(colon + 1, end - colon - 1).Insert(colon + 1, random.Next(2) == 0 ? "" : " \" \"");
                    }

                    break;
            }
        }

        return mutated.ToString();
    }
}
