using System.Diagnostics;
using Isthmus.Api.Fhir;
using Isthmus.Exchange.Contracts;
using Isthmus.Testing;
using Isthmus.Trust.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Isthmus.Api.Tests.Fhir;

/// <summary>What a request touches, held against what a token grants: nothing may come with an answer that could not be asked for alone.</summary>
public sealed class FhirNeedTests
{
    private static readonly AccessPolicy Policy = AccessPolicy.Compile(new AccessTerms(
        "test", "1.0.0",
        [
            new ActionTerms("read", "Read.", ["Observation.rs", "Patient.rs", "Encounter.rs", "Provenance.rs", "Practitioner.rs"], [], []),
            new ActionTerms("write", "Write.", ["Observation.cud"], [], []),
            new ActionTerms("export", "Export.", [], ["$export"], ["*.rs"]),
        ],
        [new AppClassTerms(AppClass.Admin, ["system"], ["read", "write", "export"])]));

    [Theory]
    [InlineData("", "Observation")]
    [InlineData("?code=1", "Observation")]
    [InlineData("?_include=Observation:subject:Patient", "Observation Patient")]
    [InlineData("?_include:iterate=Observation:encounter", "Observation Encounter EpisodeOfCare")]
    [InlineData("?_include=*", "Observation *")]
    [InlineData("?_include=Observation:nonsense", "Observation *")]
    [InlineData("?_revinclude=Provenance:target", "Observation Provenance")]
    [InlineData("?subject:Patient.name=x", "Observation Patient")]
    [InlineData("?patient.name=x", "Observation Patient")]
    [InlineData("?encounter.patient.name=x", "Observation Encounter EpisodeOfCare Patient")]
    [InlineData("?nonsense.name=x", "Observation *")]
    [InlineData("?_has:Provenance:target:agent=x", "Observation Provenance")]
    [InlineData("?_has:Encounter:subject:_has:Provenance:target:agent=x", "Observation Encounter Provenance")]
    [InlineData("?_INCLUDE=Observation:subject:Patient", "Observation Patient")]
    [InlineData("?_INCLUDE=Observation:subject:Patient&_include=Observation:encounter:Encounter", "Observation Patient Encounter")]
    [InlineData("?_Has:Provenance:target:_HAS:Encounter:subject:x=x", "Observation Provenance Encounter")]
    [InlineData("?_has:Provenance:target:agent.name=x", "Observation *")]
    [InlineData("?subject:Patient._has:Group:member:_id=x", "Observation *")]
    [InlineData("?_filter=subject.name%20eq%20x", "Observation *")]
    [InlineData("?_query=everything", "Observation *")]
    [InlineData("?_list=42", "Observation List")]
    [InlineData("?nonsense.name=x&_revinclude=Provenance:target", "Observation *")]
    public void A_search_touches_every_type_that_its_answer_tells_of(string query, string types)
    {
        var touches = Search("Observation", query).Touches;

        Assert.All(touches, t => Assert.Equal(Interactions.Search, t.Interaction));
        Assert.Equal(types.Split(' ').Order(StringComparer.Ordinal), touches.Select(t => t.Type).Order(StringComparer.Ordinal));
    }

    [Theory, HostileRow("A39")]
    [InlineData("?_include=Observation:subject:Patient")]
    [InlineData("?_include=*")]
    [InlineData("?_revinclude=Provenance:target")]
    [InlineData("?patient.name=x")]
    [InlineData("?_has:Provenance:target:agent=x")]
    public void A_token_for_one_type_reaches_no_other_through_a_search(string query)
    {
        Assert.Equal(ScopeRules.Insufficient, Decide("system/Observation.rs", Search("Observation", query)));
        Assert.Null(Decide("system/Observation.rs", Search("Observation", "?code=1")));
    }

    /// <summary>The longest address that the door lets in, of links that may lead anywhere.</summary>
    [Theory, HostileRow("D10")]
    [InlineData("focus", '.', 1200)]
    [InlineData("target", '.', 1000)]
    [InlineData("focus.focus.a", '&', 500)]
    [InlineData("_include=Observation:focus", '&', 300)]
    [InlineData("_has:Observation:subject", ':', 300)]
    [InlineData("part-of", '.', 1000)]
    public void A_search_of_a_thousand_links_costs_no_more_than_a_few(string link, char between, int links)
    {
        var query = "?" + string.Join(between, Enumerable.Repeat(link, links));
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var began = Stopwatch.GetTimestamp();
            Assert.InRange(Search("Observation", query).Touches.Count, 1, 200);
            best = TimeSpan.FromTicks(Math.Min(best.Ticks, Stopwatch.GetElapsedTime(began).Ticks));
        }

        Assert.InRange(best, TimeSpan.Zero, TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public void Reading_does_not_write_and_writing_does_not_delete_and_neither_exports()
    {
        Assert.Equal(ScopeRules.Insufficient, Decide("system/Observation.rs", FhirNeed.Of(Interactions.Create, "Observation")));
        Assert.Equal(ScopeRules.Insufficient, Decide("system/Observation.cru", FhirNeed.Of(Interactions.Delete, "Observation")));
        Assert.Equal(ScopeRules.Insufficient, Decide("system/Observation.cruds system/Patient.cruds", AccessNeed.Invoke("$export")));
        Assert.Null(Decide("system/Observation.cu", FhirNeed.Of(Interactions.Create, "Observation")));
    }

    [Theory]
    [InlineData("Observation", true)]
    [InlineData("observation", false)]
    [InlineData("Element", false)]
    [InlineData("DomainResource", false)]
    [InlineData("$export", false)]
    public void Only_types_that_exist_are_types(string name, bool isType) => Assert.Equal(isType, FhirNeed.IsType(name));

    [Theory]
    [InlineData("a-1.B", true)]
    [InlineData("", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("..%2f", false)]
    public void Only_ids_of_the_standard_are_ids(string text, bool isId) => Assert.Equal(isId, FhirNeed.IsId(text));

    private static AccessNeed Search(string type, string query) => FhirNeed.Search(type, new QueryCollection(QueryHelpers.ParseQuery(query)));

    private static Exchange.Refusal? Decide(string scopes, AccessNeed need)
    {
        Assert.Null(ScopeSet.TryParse(scopes, out var granted));
        return Policy.Decide(AppClass.Admin, ScopeLevel.System, granted, need).Refusal;
    }
}
