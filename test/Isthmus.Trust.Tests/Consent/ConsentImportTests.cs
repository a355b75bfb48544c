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

        Assert.All(await TakeDemoAsync(store), taken => Assert.Equal(new ConsentTaken(true, null), taken));

        Permits(await DecideAsync(store, "MRN10001"));
        Denies(await DecideAsync(store, "MRN10010"), ConsentReasons.Refused);
        Denies(await DecideAsync(store, "MRN10011"), ConsentReasons.Expired);
        Denies(await DecideAsync(store, "MRN10012"), ConsentReasons.Absent);
    }

    [Fact]
    public async Task The_same_consents_again_change_nothing()
    {
        await using var store = await TestStore.CreateAsync(typeof(ConsentStore).Assembly);
        await TakeDemoAsync(store);

        Assert.All(await TakeDemoAsync(store), taken => Assert.False(taken.Changed));
    }

    [Theory]
    [InlineData("{'resourceType':'Consent','status':", "fhir.json.truncated")]
    [InlineData("{'resourceType':'Patient'}", "consent.import.not-a-consent")]
    [InlineData("{'resourceType':'Consent','status':'active','patient':{'reference':'Patient/1'}}", "consent.import.patient-missing")]
    [InlineData("{'resourceType':'Consent','patient':{'identifier':{'system':'s','value':'nobody'}}}", "consent.import.patient-unknown")]
    [InlineData("{'resourceType':'Consent','patient':{'identifier':{'system':'s','value':'M1'}}}", "consent.import.unreadable")]
    public async Task What_cannot_be_taken_or_understood_is_named_by_its_place_and_never_quoted(string json, string rule)
    {
        await using var store = await TestStore.CreateAsync(typeof(ConsentStore).Assembly);

        var taken = await Import(store).TakeAsync(Encoding.UTF8.GetBytes(json.Replace('\'', '"')), "file:7", CancellationToken.None);

        Assert.Equal((rule, "file:7"), (taken.Finding!.Rule, taken.Finding.Location));
        Assert.DoesNotContain("nobody", taken.Finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_patient_of_this_layer_may_be_named_by_reference()
    {
        await using var store = await TestStore.CreateAsync(typeof(ConsentStore).Assembly);
        var json = $$"""{"resourceType":"Consent","status":"active","patient":{"reference":"Patient/{{PersonOf("M2")}}"},"provision":{"type":"permit"} }""";

        Assert.True((await Import(store).TakeAsync(Encoding.UTF8.GetBytes(json), "file:1", CancellationToken.None)).Changed);
        Permits(await DecideAsync(store, "M2"));
    }

    private static async Task<List<ConsentTaken>> TakeDemoAsync(TestStore store)
    {
        var taken = new List<ConsentTaken>();
        foreach (var line in await File.ReadAllLinesAsync(Repository.PathOf("site", "demo", "samples", "consents.ndjson")))
        {
            taken.Add(await Import(store).TakeAsync(Encoding.UTF8.GetBytes(line), "consents.ndjson", CancellationToken.None));
        }

        Assert.Equal(11, taken.Count);
        return taken;
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
