using System.Globalization;
using System.Text.Json;
using Isthmus.Host.Running;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Commands;

/// <summary><c>isthmus message list|show|replay</c> as an analyst calls them, over messages in the store.</summary>
public sealed class MessageCommandTests : IAsyncLifetime
{
    private const string Person = "8a0f5d0e-0000-8000-8000-000000000001";

    private TestStore store = null!;

    public async Task InitializeAsync()
    {
        store = await TestStore.CreateAsync([.. Modules.WithMigrations]);
        await AddAsync(11, "A1", "lab", """[["contract.field-unconfirmed","warning","PID-8","Held."],["contract.field-unconfirmed","warning","PID-11","Held."]]""", minutesAgo: 50);
        await AddAsync(12, "A2", "his", """[["critical.result","information","OBX[1]","Told."]]""", minutesAgo: 40);
        await AddAsync(13, "A1", "his", "[]", minutesAgo: 5);
        await store.ExecuteAsOwnerAsync(
            $"""
            INSERT INTO exchange.delivery (message_id, no, person, tenant, partition, attempts, state, destination, purpose, contract,
                                           site_version, effect, reason, policy_version, rule, next_attempt)
            VALUES (13, 1, '{Person}', 1, 0, 4, 'p', 'ehr', 'TREAT', 'c@1', 'v', 'p', 'consent.none-required', 'p@1', 'delivery.transport', now() + interval '1 hour')
            """);
    }

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Theory]
    [InlineData("13 12 11")]
    [InlineData("11", "--source", "lab")]
    [InlineData("13", "--since", "20m")]
    [InlineData("12 11", "--until", "20m")]
    [InlineData("12", "--since", "45m", "--until", "20m")]
    [InlineData("11", "--rule", "contract.field-unconfirmed")]
    [InlineData("13", "--rule", "delivery.transport")]
    [InlineData("", "--rule", "contract")]
    [InlineData("13 12 11", "--patient", Person)]
    [InlineData("13", "--outcome", "in-progress")]
    public async Task A_list_is_narrowed_by_what_is_asked(string numbers, params string[] options)
    {
        var found = await AnswerAsync(["message", "list", "--json", .. options]);

        Assert.Equal(numbers, string.Join(' ', found.EnumerateArray().Select(m => m.GetProperty("id").GetInt64())));
    }

    [Theory]
    [InlineData("--since", "yesterday", "how long ago: 15m, 2h, 3d")]
    [InlineData("--patient", "MRN1", "does not belong on a command line")]
    public async Task What_cannot_be_read_is_explained_in_words(string option, string value, string words)
    {
        var (code, _, complaint) = await RunAsync("message", "list", option, value);

        Assert.Equal(1, code);
        Assert.Contains(words, complaint, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_finding_at_many_places_is_told_once_with_the_places()
    {
        var (_, page, _) = await RunAsync("message", "show", "11");

        Assert.Single(page.Split('\n'), line => line.Contains("contract.field-unconfirmed", StringComparison.Ordinal) && line.Contains("PID-8, PID-11", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_delivery_that_waits_says_until_when() =>
        Assert.Matches(@"pending, again at \d\d:\d\d:\d\d UTC", (await RunAsync("message", "show", "13")).Answer);

    [Fact]
    public async Task A_replay_takes_a_control_id_that_stands_for_one_message_and_asks_where_it_stands_for_more()
    {
        Assert.Contains("message 12", (await RunAsync("message", "replay", "A2", "--current", "--dry-run")).Answer, StringComparison.Ordinal);

        var (code, _, complaint) = await RunAsync("message", "replay", "A1", "--current", "--dry-run");

        Assert.Equal(1, code);
        Assert.StartsWith("message.ambiguous: The control id A1 stands for messages 13, 11", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ledger_is_searched_by_control_id_and_says_when_nothing_fits()
    {
        Assert.Equal(0, (await AnswerAsync("audit", "search", "--message", "A1", "--json")).GetArrayLength());
        Assert.Equal("No event fits.\n", (await RunAsync("audit", "search", "--kind", "no.such")).Answer);
    }

    private Task AddAsync(long id, string controlId, string source, string findings, int minutesAgo) => store.ExecuteAsOwnerAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"""
        INSERT INTO exchange.journal VALUES ({id}, now() - interval '{minutesAgo} minutes', 1, 0, 0, 9, '{source}', '{controlId}', gen_random_uuid(), 0, false, '');
        INSERT INTO mediation.message VALUES ({id}, now(), '{Person}', 1, 1, 'c', 'c@1', 'v', 'm', array[]::smallint[], array[]::uuid[], '[]', '{findings}');
        """));

    private async Task<JsonElement> AnswerAsync(params string[] arguments)
    {
        var (code, answer, complaint) = await RunAsync(arguments);
        Assert.True(code == 0, answer + complaint);
        return JsonDocument.Parse(answer).RootElement;
    }

    private Task<(int Code, string Answer, string Complaint)> RunAsync(params string[] arguments) =>
        CommandProcess.RunAsync(store, store.Credentials.Folder, arguments);
}
