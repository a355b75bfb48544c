using System.Globalization;
using System.Text;
using Isthmus.Exchange;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Search;
using Isthmus.Fhir.Search.Query;
using Isthmus.Fhir.Terminology;
using Isthmus.Records.Keys;
using Isthmus.Records.Read;
using Isthmus.Records.Search;
using Isthmus.Store.Connections;

namespace Isthmus.Records.Tests.Search;

/// <summary>A search over the store against the same search over everything in memory.</summary>
public sealed class RecordSearchTests(SharedRecords records) : IClassFixture<SharedRecords>, IAsyncLifetime
{
    private static readonly ReadAuthority Nurse = new("nurse", "TREAT", "test");
    private static readonly SearchIndex Index = SearchIndex.Of(DefinitionSet.R4);
    private static readonly SearchMatch Match = new(TerminologySet.Of(DefinitionSet.R4));

    private static readonly SearchSurroundings Surroundings = new() { Terminology = TerminologySet.Of(DefinitionSet.R4), Now = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero) };

    private ReadAudit audit = null!;
    private Ward ward = null!;

    public async Task InitializeAsync()
    {
        audit = new ReadAudit(records.Store.For(ZoneRole.Api), TimeProvider.System);
        ward = await Ward.InAsync(records);
    }

    public async Task DisposeAsync() => await audit.DisposeAsync();

    [Theory]
    [InlineData("Observation", "patient={0}")]
    [InlineData("Observation", "patient=Patient/{0}&code=http://loinc.org|2823-3")]
    [InlineData("Observation", "patient={0}&code=2823-3&date=ge2026-03-01&_sort=-date")]
    [InlineData("Observation", "subject:Patient={0}&date=lt2026-03-02,gt2026-03-05")]
    [InlineData("Observation", "patient={0}&status:not=final")]
    [InlineData("Observation", "patient={0}&value-quantity=gt5|http://unitsofmeasure.org|mmol/L")]
    [InlineData("Observation", "patient={0}&encounter:missing=true&_sort=code,-date")]
    [InlineData("Observation", "code=http://other.example|2823-3")]
    [InlineData("Observation", "code=2951-2")]
    [InlineData("Observation", "_id={1}")]
    [InlineData("Observation", "encounter=Encounter/{2}")]
    [InlineData("Observation", "encounter={2}&status=final,amended")]
    [InlineData("Patient", "identifier=urn:mrn|M3")]
    [InlineData("Patient", "identifier=|M3")]
    [InlineData("Patient", "identifier=M3,M4")]
    [InlineData("Patient", "family=Fair")]
    [InlineData("Patient", "family:exact=Fairweather")]
    [InlineData("Patient", "family:contains=weather&identifier=M3,M4,M5")]
    [InlineData("Patient", "name=ZOË")]
    [InlineData("Patient", "birthdate=1961-04-02")]
    [InlineData("Patient", "birthdate=1961")]
    [InlineData("Patient", "gender=female&birthdate=1961")]
    [InlineData("Patient", "gender=http://hl7.org/fhir/administrative-gender|female&birthdate=1961")]
    [InlineData("Encounter", "patient={0}&status=finished")]
    [InlineData("Practitioner", "name=Osier")]
    public async Task A_search_finds_what_fits_and_nothing_else(string type, string search)
    {
        search = string.Format(CultureInfo.InvariantCulture, search, ward.Patients[3], ward.AnObservation, ward.AnEncounter);

        var found = await SearchAsync(type, search);

        var expected = ward.Fitting(Read(type, search), Match);
        Assert.Equal(expected.Order(StringComparer.Ordinal), Names(found.Matches.Where(ward.Has)).Order(StringComparer.Ordinal));
        Assert.True(expected.Count > 0 || search.Contains("other.example", StringComparison.Ordinal) || search.Contains("=|M3", StringComparison.Ordinal), "The search finds nothing, and so proves nothing.");
    }

    [Fact]
    public async Task Random_searches_agree_with_looking_at_everything()
    {
        var random = new Random(20261120);
        for (var i = 0; i < 400; i++)
        {
            var (type, search) = ward.AnySearch(random);
            var found = await SearchAsync(type, search, count: 1000);

            Assert.True(
                ward.Fitting(Read(type, search), Match).Order(StringComparer.Ordinal).SequenceEqual(Names(found.Matches.Where(ward.Has)).Order(StringComparer.Ordinal)), $"{type}?{search}");
        }
    }

    [Fact]
    public async Task Only_the_current_version_is_found_by_what_it_says()
    {
        var (person, id) = (PersonId.New(), Guid.NewGuid());
        await records.CommitAsync((SharedRecords.NewMessage(), person, [Drafts.Observation(id, "4.1", new Standing(4, 0, 1))]));
        await records.CommitAsync((SharedRecords.NewMessage(), person, [Drafts.Observation(id, "6.1", new Standing(7, 0, 2))]));
        await records.CommitAsync((SharedRecords.NewMessage(), person, [Drafts.Observation(id, "5.5", new Standing(4, 0, 3))]));

        Assert.Empty((await SearchAsync("Observation", $"_id={id}&value-string=4.1")).Matches);
        Assert.Empty((await SearchAsync("Observation", $"_id={id}&value-string=5.5")).Matches);
        Assert.Equal(2, Assert.Single((await SearchAsync("Observation", $"_id={id}&value-string=6.1")).Matches).Version);
    }

    [Fact]
    public async Task What_a_message_repeats_is_in_no_row_of_its_own()
    {
        var person = PersonId.New();
        var draft = Drafts.Observation(Guid.NewGuid(), "4.1", default);
        await records.CommitAsync((SharedRecords.NewMessage(), person, [draft]));
        await records.CommitAsync((SharedRecords.NewMessage(), person, [draft]));

        Assert.Equal(1, await records.AskAsync<long>($"SELECT count(*) FROM phi.search WHERE person = '{person.Value}'"));
        Assert.Equal(2, await records.AskAsync<long>($"SELECT count(*) FROM phi.pack WHERE person = '{person.Value}'"));
    }

    [Fact]
    public async Task Pages_part_the_matches_without_loss_or_repetition()
    {
        foreach (var search in (string[])[$"patient={ward.Patients[3]}", $"patient={ward.Patients[3]}&_sort=-date", $"patient={ward.Patients[3]}&_sort=code", "code=2823-3"])
        {
            var whole = Names((await SearchAsync("Observation", search, count: 1000)).Matches);
            var parts = new List<string>();
            SearchPosition? after = null;
            do
            {
                var page = await SearchAsync("Observation", search, count: 3, after: after);
                Assert.InRange(page.Matches.Count, 1, 3);
                parts.AddRange(Names(page.Matches));
                after = page.Next;
            }
            while (after is not null);

            Assert.Equal(whole, parts);
        }
    }

    [Fact]
    public async Task Matches_come_in_the_order_that_was_asked_for()
    {
        var found = await SearchAsync("Observation", $"patient={ward.Patients[3]}&_sort=-date&_total=accurate", count: 4);

        Assert.Equal(ward.Fitting(Read("Observation", $"patient={ward.Patients[3]}"), Match).Count, found.Total);
        var dates = found.Matches.Select(m => FhirJsonReader.Read(m.Json.Reveal()).Root["effectiveDateTime"u8].AsString()![..10]).ToList();
        Assert.Equal(dates.OrderDescending(StringComparer.Ordinal), dates);
    }

    [Fact]
    public async Task Chains_and_what_refers_back_are_followed()
    {
        Assert.Equal(
            Names((await SearchAsync("Observation", $"patient={ward.Patients[3]}", count: 1000)).Matches),
            Names((await SearchAsync("Observation", "patient.identifier=urn:mrn|M3", count: 1000)).Matches));
        Assert.Equal([$"Patient/{ward.Patients[3]}"], Names((await SearchAsync("Patient", $"_has:Encounter:patient:_id={ward.AnEncounter}")).Matches));
        Assert.Equal([$"Patient/{ward.Patients[3]}"], Names((await SearchAsync("Patient", $"_has:Observation:patient:_id={ward.AnObservation}&identifier=M3")).Matches));
        Assert.Empty((await SearchAsync("Observation", "patient.identifier=urn:mrn|nobody")).Matches);
    }

    [Fact]
    public async Task What_belongs_to_the_matches_comes_with_them_once()
    {
        var found = await SearchAsync("Observation", $"patient={ward.Patients[3]}&_include=Observation:patient&_include=Observation:encounter&_revinclude=Provenance:target");

        Assert.Equal(1, found.Included.Count(r => r.Type == "Patient"));
        Assert.Contains(found.Included, r => r.Type == "Encounter");
        Assert.Equal(found.Included.Distinct().Count(), found.Included.Count);

        var round = await SearchAsync("Patient", "identifier=urn:mrn|M3&_revinclude=Encounter:patient&_include:iterate=Encounter:patient&_revinclude:iterate=Observation:encounter");
        Assert.Contains(round.Included, r => r.Type == "Observation");
        Assert.DoesNotContain(round.Included, r => r.Type == "Patient");
    }

    [Fact]
    public async Task What_may_not_be_seen_leaves_no_trace()
    {
        var hidden = ward.Patients[3];
        ReadPermit permit = (found, _) => Task.FromResult<IReadOnlyList<bool>>([.. found.Select(r => r.Person.Value != hidden)]);

        foreach (var (type, search) in ((string, string)[])
        [
            ("Observation", $"patient={hidden}"), ("Observation", $"_id={ward.AnObservation}"), ("Patient", "identifier=M3"), ("Patient", "_has:Observation:patient:_id=" + ward.AnObservation),
            ("Observation", "patient.identifier=M3"), ("Encounter", $"_id={ward.AnEncounter}"),
        ])
        {
            var absent = await SearchAsync(type, search + "&_total=accurate&_sort=_id", permit: permit);
            Assert.Equal((0, 0, 0, null), (absent.Matches.Count, absent.Included.Count, absent.Total, absent.Next));
        }

        var others = await SearchAsync("Observation", "code=2823-3&_total=accurate&_include=Observation:patient", count: 1000, permit: permit);
        Assert.Equal(others.Matches.Count, others.Total);
        Assert.DoesNotContain(others.Matches.Concat(others.Included), r => r.Person.Value == hidden);
    }

    [Fact]
    public async Task A_search_that_looks_at_too_much_is_refused()
    {
        var narrow = new SearchBounds { Rows = 10, Opened = 5, Linked = 3 };

        await Assert.ThrowsAsync<SearchTooCostlyException>(() => SearchAsync("Observation", "_sort=date", bounds: narrow));
        await Assert.ThrowsAsync<SearchTooCostlyException>(() => SearchAsync("Observation", "value-string=nothing", bounds: narrow));
        await Assert.ThrowsAsync<SearchTooCostlyException>(() => SearchAsync("Observation", "patient.gender=female", bounds: narrow));
        Assert.Equal(2, (await SearchAsync("Observation", "status=final", count: 2, bounds: narrow with { Opened = 100 })).Matches.Count);
    }

    [Fact]
    public async Task A_tenant_finds_nothing_of_another()
    {
        var keys = await TenantKeys.LoadAsync(records.Mediation, records.Folder, SharedRecords.KeyFile, 2, CancellationToken.None);
        var search = new RecordSearch(records.Store.For(ZoneRole.Api), keys, audit, Match);

        Assert.Empty((await search.SearchAsync(new SearchAsk(Read("Patient", "identifier=M3"), Nurse, All, 10), default)).Matches);
        Assert.Empty((await search.SearchAsync(new SearchAsk(Read("Observation", $"_id={ward.AnObservation}"), Nurse, All, 10), default)).Matches);
        Assert.Empty((await search.SearchAsync(new SearchAsk(Read("Patient", ""), Nurse, All, 10), default)).Matches);
    }

    [Fact]
    public async Task Every_search_is_on_record_and_tells_no_value()
    {
        var before = await records.AskAsync<long>("SELECT coalesce(sum(cardinality(kind)), 0)::bigint FROM ledger.pending WHERE 'record.read' = ANY (kind)");

        await SearchAsync("Patient", "identifier=urn:mrn|M4");
        await SearchAsync("Patient", "identifier=urn:mrn|NOBODY");

        Assert.Equal(before + 2, await records.AskAsync<long>("SELECT coalesce(sum(cardinality(kind)), 0)::bigint FROM ledger.pending WHERE 'record.read' = ANY (kind)"));
        Assert.Equal(0, await records.AskAsync<long>("SELECT count(*) FROM ledger.pending WHERE detail::text LIKE '%NOBODY%' OR detail::text LIKE '%M4%'"));
    }

    private static Task<IReadOnlyList<bool>> All(IReadOnlyList<StoredResource> found, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<bool>>([.. found.Select(_ => true)]);

    private static List<string> Names(IEnumerable<StoredResource> found) => [.. found.Select(r => $"{r.Type}/{r.Id}")];

    private static SearchQuery Read(string type, string search)
    {
        var reading = SearchQueryReader.Read(
            Index, type, [.. search.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(p => KeyValuePair.Create(p[..p.IndexOf('=', StringComparison.Ordinal)], p[(p.IndexOf('=', StringComparison.Ordinal) + 1)..]))], Surroundings);
        Assert.Empty(reading.Faults);
        return reading.Query!;
    }

    private Task<SearchAnswer> SearchAsync(string type, string search, int count = 100, SearchPosition? after = null, ReadPermit? permit = null, SearchBounds? bounds = null) =>
        new RecordSearch(records.Store.For(ZoneRole.Api), records.Keys, audit, Match, bounds)
            .SearchAsync(new SearchAsk(Read(type, search), Nurse, permit ?? All, count, after), CancellationToken.None);
}
