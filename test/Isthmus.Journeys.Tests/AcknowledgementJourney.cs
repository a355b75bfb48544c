using System.Net.Http.Headers;
using System.Text;
using Isthmus.Journeys.Tests.Evidence;
using Isthmus.Journeys.Tests.Running;
using Isthmus.Simulators.Lab;
using Isthmus.Testing;
using Xunit.Abstractions;

namespace Isthmus.Journeys.Tests;

/// <summary>
/// A laboratory numbers its messages, sends them over HTTP in enhanced mode and wants to be told what became of them; a ward that knows
/// no repeat takes them over MLLP. The node is killed again and again.
/// </summary>
public sealed class AcknowledgementJourney(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Messages = 60;
    private const int Kills = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string folder = Scratch.NewFolder("journey").FullName;
    private Receiver lab = null!;
    private Receiver ward = null!;

    public async Task InitializeAsync()
    {
        lab = await Receiver.StartAsync(Path.Combine(folder, "lab"), forgetful: false);
        ward = await Receiver.StartAsync(Path.Combine(folder, "ward"), forgetful: true);
    }

    public async Task DisposeAsync()
    {
        await lab.DisposeAsync();
        await ward.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_was_acknowledged_is_told_once_and_reaches_the_ward_at_most_once_though_the_node_is_killed()
    {
        var chance = new Chance(output);
        await using var site = await Site.OpenAsync(chance.Seed, patients: 20, folder: WriteSite());
        var progress = new Progress(site);
        var node = await site.StartNodeAsync();
        var generator = new OruGenerator(chance.Seed, SyntheticPopulation.Create(chance.Seed, 20), new OruOptions { Prefix = "A" });
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        var sent = new List<string>();
        var killedAt = Enumerable.Range(0, Kills).Select(kill => (kill * Messages / Kills) + chance.UpTo((Messages / Kills) - 1)).ToHashSet();

        Assert.Contains("MSA|CA|START||-1", await AskAsync(http, site, "MSH|^~\\&|LAB|ST_ELSEWHERE|ISTHMUS|ST_ELSEWHERE|2026||^|START|P|2.5.1|-1||AL|NE\r"), StringComparison.Ordinal);
        for (var number = 1; number <= Messages; number++)
        {
            if (killedAt.Contains(number))
            {
                await node.Process.KillAsync();
                node = await site.StartNodeAsync();
            }

            var message = generator.Next();
            sent.Add(message.Facts.ControlId);
            var answer = await AskAsync(http, site, Numbered(message.Bytes.Span, number));
            Assert.Contains($"MSA|CA|{message.Facts.ControlId}||", answer, StringComparison.Ordinal);
        }

        // Once in its work, with messages on their way to the ward.
        await node.Process.KillAsync();
        await site.StartNodeAsync();
        await Eventually.Within(Patience, "everything has come to its end", async () =>
            await progress.CountAsync("SELECT count(*) FROM mediation.message") == Messages
            && await progress.CountAsync("SELECT count(*) FROM exchange.delivery WHERE state = 'p'") == 0
            && await progress.CountAsync(
                """
                SELECT count(*) FROM exchange.application_answer a WHERE a.state = 'p'
                AND NOT EXISTS (SELECT FROM exchange.delivery d WHERE d.message_id = a.message_id AND d.state = 'k')
                """) == 0);

        // Numbers, journal and laboratory agree; each was journalled once.
        Assert.Equal(Messages, await progress.CountAsync("SELECT last FROM inbound.sequence"));
        Assert.Equal(Messages, await progress.CountAsync("SELECT count(*) FROM exchange.journal"));

        // The ward never saw a message twice: what was doubtful waits for a person.
        Assert.All(await ward.DeliveriesAsync(), delivery => Assert.Equal(1, delivery.Transactions));
        var doubtful = await progress.CountAsync("SELECT count(*) FROM exchange.delivery WHERE destination = 'ward' AND state = 'k'");
        Assert.Equal(doubtful, await progress.CountAsync("SELECT count(*) FROM exchange.delivery WHERE state = 'k' AND rule = 'delivery.ambiguous'"));
        output.WriteLine($"{doubtful} doubtful");

        // The laboratory was told of every message that has ended, and of none twice.
        var told = (await lab.NamesAsync()).Where(name => name.Name.StartsWith("ACK/", StringComparison.Ordinal)).ToArray();
        Assert.Equal(Messages - doubtful, told.Length);
        Assert.All(told, name => Assert.Contains(name.Name[4..], sent));
        Assert.All(told, name => Assert.Equal(1, name.Versions));

        // Each message's page says so.
        var page = await site.RunAsync("message", "show", told[0].Name[4..], "--json");
        Assert.Contains("\"destination\":\"lab-return\",\"code\":\"AA\",\"status\":\"acknowledged\"", page.Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    /// <summary>Sends until it is answered; what has no answer is sent again as it is.</summary>
    private static async Task<string> AskAsync(HttpClient http, Site site, string message)
    {
        var answer = "";
        await Eventually.Within(Patience, "a message is acknowledged", async () =>
        {
            try
            {
                using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(message));
                content.Headers.ContentType = new MediaTypeHeaderValue("application/hl7-v2");
                using var response = await http.PostAsync(new Uri($"http://127.0.0.1:{site.Port}/"), content);
                answer = await response.Content.ReadAsStringAsync();
                return response.IsSuccessStatusCode;
            }
            catch (Exception lost) when (lost is HttpRequestException or OperationCanceledException)
            {
                return false;
            }
        });
        return answer;
    }

    /// <summary>In enhanced mode, under a number.</summary>
    private static string Numbered(ReadOnlySpan<byte> message, int number)
    {
        var text = Encoding.UTF8.GetString(message);
        var end = text.IndexOf('\r', StringComparison.Ordinal);
        var header = text[..end].Split('|').ToList();
        while (header.Count < 16)
        {
            header.Add("");
        }

        (header[12], header[14], header[15]) = ($"{number}", "AL", "AL");
        return string.Join('|', header) + text[end..];
    }

    /// <summary>The demo's site, spoken to over HTTP, with a ward and a way back to the laboratory.</summary>
    private string WriteSite()
    {
        var to = Path.Combine(folder, "site");
        var from = Repository.PathOf("site", "demo");
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        // Registration keeps its own contract out of this: it sends over MLLP. So does who hands in at the door, where nothing is numbered.
        File.Delete(Path.Combine(to, "integrations", "patient-administration.yaml"));
        File.Delete(Path.Combine(to, "integrations", "outreach-lab.yaml"));
        Change(to, "integrations/lab-results.yaml", "  door: true\n", "");
        Change(to, "isthmus.yaml", "kind: mllp", "kind: http");
        Change(to, "isthmus.yaml", "# Below these", $$"""
              ward: { kind: mllp, base-url: "{{ward.Mllp}}", exposure: internal, authentication: { method: network }, timeout: 5s, concurrency: 1 }
              lab-return: { kind: mllp, base-url: "{{lab.Mllp}}", exposure: internal, authentication: { method: network }, timeout: 5s, concurrency: 1 }

            # Below these
            """);
        Change(to, "integrations/lab-results.yaml", "  protocol: mllp", "  protocol: http\n  application-acknowledgement: lab-return\n  sequence-numbers: required");
        Change(to, "integrations/lab-results.yaml", "  - name: registry\n", """
              - name: ward
                consent-purpose: TREAT
                basis: treatment
                recipient: Organization/st-elsewhere
                form: full
                retry: { max-attempts: 20, max-age: 3d, base-delay: 100ms, max-delay: 2s }
                when-down: queue
                order: per-person
                payload-retention: 0s

              - name: registry

            """);
        return to;
    }

    private static void Change(string folder, string file, string from, string to)
    {
        var path = Path.Combine(folder, file);
        var text = File.ReadAllText(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        var at = text.IndexOf(from, StringComparison.Ordinal);
        File.WriteAllText(path, text[..at] + to + text[(at + from.Length)..]);
    }
}
