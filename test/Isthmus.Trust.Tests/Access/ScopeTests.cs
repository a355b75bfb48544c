using Isthmus.Trust.Access;

namespace Isthmus.Trust.Tests.Access;

/// <summary>The grammar of SMART App Launch 2.2 (scopes and launch context), and what one scope says of another.</summary>
public sealed class ScopeTests
{
    [Theory]
    [InlineData("system/Patient.rs", "system/Patient.rs")]
    [InlineData("system/Patient.read", "system/Patient.rs")]
    [InlineData("user/*.write", "user/*.cud")]
    [InlineData("patient/*.*", "patient/*.cruds")]
    [InlineData("system/Observation.s", "system/Observation.s")]
    [InlineData("system/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory",
        "system/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory")]
    [InlineData("system/Observation.rs?status=final&category=vital-signs,laboratory,laboratory", "system/Observation.rs?category=laboratory,vital-signs&status=final")]
    [InlineData("system/Observation.rs?code=a%20b", "system/Observation.rs?code=a%20b")]
    [InlineData("system/*.rs?_tag=x", "system/*.rs?_tag=x")]
    public void What_SMART_writes_is_read_and_written_as_its_second_version_does(string text, string written)
    {
        Assert.True(Scope.TryParse(text, out var scope));
        Assert.Equal(written, scope.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("system/Patient")]
    [InlineData("system/Patient.")]
    [InlineData("system/Patient.sr")]
    [InlineData("system/Patient.rr")]
    [InlineData("system/Patient.R")]
    [InlineData("system/Patient.readwrite")]
    [InlineData("System/Patient.rs")]
    [InlineData("launch/Patient.rs")]
    [InlineData("system/patient.rs")]
    [InlineData("system/**.rs")]
    [InlineData("system/Patient/1.rs")]
    [InlineData("system//Patient.rs")]
    [InlineData("system/Patient.rs?")]
    [InlineData("system/Patient.rs?gender")]
    [InlineData("system/Patient.rs?gender=")]
    [InlineData("system/Patient.rs?=male")]
    [InlineData("system/Patient.rs?gender=male&")]
    [InlineData("system/Patient.rs?gender=male,")]
    [InlineData("system/Patient.read?gender=male")]
    [InlineData("system/Observation.rs?subject:Patient.name=x")]
    [InlineData("system/Observation.rs?_include=Observation:subject")]
    [InlineData("system/Observation.rs?_count=5")]
    [InlineData("system/Observation.rs?_has:Patient:x=y")]
    [InlineData("system/*.rs?category=laboratory")]
    [InlineData("system/Patient.rs?name=%zz")]
    [InlineData("system/Patient.rs?name=%ff")]
    [InlineData("system/Patient.rs?name=%00")]
    [InlineData("system/Patient.rs?name=Müller")]
    public void What_is_no_scope_is_not_read(string text) => Assert.False(Scope.TryParse(text, out _));

    [Theory]
    [InlineData("system/*.cruds", "system/Patient.rs", true)]
    [InlineData("system/Patient.rs", "system/*.rs", false)]
    [InlineData("system/Patient.rs", "system/Patient.cruds", false)]
    [InlineData("system/Patient.rs", "user/Patient.rs", false)]
    [InlineData("system/Patient.read", "system/Patient.rs", true)]
    [InlineData("system/Observation.rs", "system/Observation.rs?category=laboratory", true)]
    [InlineData("system/Observation.rs?category=laboratory", "system/Observation.rs", false)]
    [InlineData("system/Observation.rs?category=laboratory,vital-signs", "system/Observation.rs?category=laboratory", true)]
    [InlineData("system/Observation.rs?category=laboratory", "system/Observation.rs?category=laboratory,vital-signs", false)]
    [InlineData("system/Observation.rs?category=laboratory", "system/Observation.rs?category=laboratory&status=final", true)]
    [InlineData("system/Observation.rs?category:not=a,b", "system/Observation.rs?category:not=a", false)]
    public void One_covers_another_when_it_grants_all_of_it(string wide, string narrow, bool covers) =>
        Assert.Equal(covers, Read(wide).Covers(Read(narrow)));

    [Theory]
    [InlineData("system/Patient.r system/Patient.s", "system/Patient.rs", true)]
    [InlineData("system/Patient.rs", "system/Patient.rs system/Observation.r", false)]
    [InlineData("system/*.rs openid", "system/Patient.r openid", true)]
    [InlineData("system/*.rs", "openid", false)]
    [InlineData("system/*.cruds", "hl7v2:send", false)]
    public void A_set_covers_what_its_scopes_grant_together(string held, string asked, bool covers) =>
        Assert.Equal(covers ? null : ScopeRules.OverBroad, Set(held).RefuseBeyond(Set(asked)));

    [Theory]
    [InlineData("", "scope.missing")]
    [InlineData("system/Patient.rs  openid", "scope.malformed")]
    [InlineData(" openid", "scope.malformed")]
    [InlineData("openid\nprofile", "scope.malformed")]
    [InlineData("superuser", "scope.malformed")]
    public void A_text_that_is_no_scope_parameter_is_refused(string text, string rule) => Assert.Equal(rule, ScopeSet.TryParse(text, out _)!.Id);

    [Fact]
    public void More_scopes_than_anybody_needs_are_refused() =>
        Assert.Equal(ScopeRules.TooMany, ScopeSet.TryParse(string.Join(' ', Enumerable.Repeat("openid", ScopeSet.MostScopes + 1)), out _));

    [Fact]
    public void Words_of_a_launch_and_of_sign_in_are_known()
    {
        var scopes = Set("launch/patient openid fhirUser offline_access launch hl7v2:send");

        Assert.Empty(scopes.Scopes);
        Assert.Equal(6, scopes.Words.Count);
    }

    internal static Scope Read(string text)
    {
        Assert.True(Scope.TryParse(text, out var scope), text);
        return scope;
    }

    internal static ScopeSet Set(string text)
    {
        Assert.Null(ScopeSet.TryParse(text, out var scopes));
        return scopes;
    }
}
