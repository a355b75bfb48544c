using System.Text;
using Isthmus.Api.Fhir;
using Isthmus.Trust.Access;

namespace Isthmus.Api.Tests.Fhir;

public sealed class RestrictionMatchTests
{
    private const string Category = "http://terminology.hl7.org/CodeSystem/observation-category";

    private static readonly ReadOnlyMemory<byte> Observation = Encoding.UTF8.GetBytes(
        """
        {"resourceType":"Observation","id":"1","status":"final",
         "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],
         "code":{"coding":[{"system":"http://loinc.org","code":"2823-3"}]},"subject":{"reference":"Patient/1"}}
        """);

    [Theory]
    [InlineData("category=laboratory", true)]
    [InlineData("category=" + Category + "|laboratory", true)]
    [InlineData("category=" + Category + "|", true)]
    [InlineData("category=vital-signs,laboratory", true)]
    [InlineData("category=laboratory&status=final", true)]
    [InlineData("category=laboratory&status=amended", false)]
    [InlineData("category=vital-signs", false)]
    [InlineData("category=http://elsewhere|laboratory", false)]
    [InlineData("category=|laboratory", false)]
    [InlineData("category=|", false)]
    [InlineData("category:not=vital-signs", false)]
    [InlineData("subject=Patient/1", false)]
    [InlineData("date=ge2020", false)]
    [InlineData("nonsense=1", false)]
    public void A_resource_is_within_a_restriction_by_its_tokens_and_by_nothing_that_nobody_compared(string query, bool fits) =>
        Assert.Equal(fits, RestrictionMatch.Fits(Observation, [SearchRestriction.Parse(query)!]));

    [Fact]
    public void Of_several_restrictions_one_suffices() =>
        Assert.True(RestrictionMatch.Fits(Observation, [SearchRestriction.Parse("category=vital-signs")!, SearchRestriction.Parse("status=final")!]));
}
