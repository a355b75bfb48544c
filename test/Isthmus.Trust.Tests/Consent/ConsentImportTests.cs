using System.Text;
using Isthmus.Exchange;
using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Consent;
using Isthmus.Trust.Consent.Decision;
using Isthmus.Trust.Consent.Directives;
using Isthmus.Trust.Consent.Import;
using static Isthmus.Trust.Tests.Consent.Say;

namespace Isthmus.Trust.Tests.Consent;

public sealed class ConsentImportTests
{
    private const short Tenant = 1;

    private static readonly Dictionary<string, PersonId> People = [];

    [Fact]
    public async Task The_demo_s_consents_decide_as_they_are_meant_to()
    {
        await using var store = await TestStore.CreateAsync(typeof(ConsentStore).Assembly);
        await using var file = File.OpenRead(Repository.PathOf("site", "demo", "samples", "consents.ndjson"));

        var result = await Import(store).RunAsync(file, CancellationToken.None);

        Assert.Empty(result.Findings);
        Assert.Equal((11, 0, 0), (result.Recorded, result.Unchanged, result.Unreadable));
        Permits(await DecideAsync(store, "MRN10001"));
        Denies(await DecideAsync(store, "MRN10010"), ConsentReasons.Refused);
        Denies(await DecideAsync(store, "MRN10011"), ConsentReasons.Expired);
        Denies(await DecideAsync(store, "MRN10012"), ConsentReasons.Absent);
    }

    [Fact]
    public async Task The_same_file_again_changes_nothing()
    {
        await using var store = await TestStore.CreateAsync(typeof(ConsentStore).Assembly);
        var file = await File.ReadAllBytesAsync(Repository.PathOf("site", "demo", "samples", "consents.ndjson"));
        await Import(store).RunAsync(new MemoryStream(file), CancellationToken.None);

        var again = await Import(store).RunAsync(new MemoryStream(file), CancellationToken.None);

        Assert.Equal((0, 11), (again.Recorded, again.Unchanged));
    }

    [Fact]
    public async Task A_line_that_cannot_be_taken_is_named_and_holds_up_no_other()
    {
        await using var store = await TestStore.CreateAsync(typeof(ConsentStore).Assembly);
        string[] lines =
        [
            """{"resourceType":"Consent","status":"active","patient":{"identifier":{"system":"s","value":"MRN1"}},"provision":{"type":"permit"}}""",
            "",
            """{"resourceType":"Consent","status":""",
            """{"resourceType":"Patient"}""",
            """{"resourceType":"Consent","status":"active","patient":{"reference":"Patient/1"}}""",
            """{"resourceType":"Consent","status":"active","patient":{"identifier":{"system":"s","value":"nobody"}}}""",
            $$"""{"resourceType":"Consent","id":"{{new string('x', 1 << 20)}}"}""",
            """{"resourceType":"Consent","status":"active","patient":{"identifier":{"system":"s","value":"MRN2"}},"provision":{"type":"perhaps"}}""",
        ];

        var result = await Import(store).RunAsync(new MemoryStream(Encoding.UTF8.GetBytes(string.Join("\r\n", lines))), CancellationToken.None);

        Assert.Equal((2, 1), (result.Recorded, result.Unreadable));
        Assert.Equal(
            [
                "line 3: fhir.json.truncated",
                "line 4: consent.import.not-a-consent",
                "line 5: consent.import.patient-missing",
                "line 6: consent.import.patient-unknown",
                "line 7: consent.import.line-too-long",
            ],
            result.Findings.Select(f => $"{f.Location}: {f.Rule}"));
        Assert.DoesNotContain(result.Findings, f => f.Text.Contains("nobody", StringComparison.Ordinal));
    }

    private static ConsentImport Import(TestStore store) => new(
        new ConsentStore(store.For(ZoneRole.Operator)),
        Tenant,
        (identifier, _) => ValueTask.FromResult(identifier.Value.Reveal() == "nobody" ? (PersonId?)null : PersonOf(identifier.Value.Reveal())),
        "test");

    private static async Task<ConsentDecision> DecideAsync(TestStore store, string number)
    {
        var person = PersonOf(number);
        var directives = await new ConsentStore(store.For(ZoneRole.Outbound)).LoadAsync(Tenant, [person], CancellationToken.None);
        return Decide(
            Hipaa,
            Ask() with { Persons = new HashSet<PersonId> { person }, Recipient = ["Organization/renal-registry"] },
            [.. directives.GetValueOrDefault(person, (IReadOnlyList<ConsentDirective>)[])]);
    }

    private static PersonId PersonOf(string number)
    {
        lock (People)
        {
            return People.TryGetValue(number, out var known) ? known : People[number] = PersonId.New();
        }
    }
}
