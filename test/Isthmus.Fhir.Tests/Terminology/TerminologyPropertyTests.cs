using FsCheck;
using FsCheck.Fluent;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Terminology;

namespace Isthmus.Fhir.Tests.Terminology;

public sealed class TerminologyPropertyTests
{
    private static readonly TerminologySet R4 = TerminologySet.Of(DefinitionSet.R4);
    private static readonly string[] Animals = ["animal", "mammal", "dog", "cat", "bird", "owl", "parrot", "nocturnal"];

    private static readonly Gen<string> Include =
        from op in Gen.Elements("is-a", "descendent-of", "is-not-a", "generalizes", "in", "not-in", "=", "regex")
        from code in Gen.Elements(Animals)
        from kind in Gen.Choose(0, 5)
        select kind switch
        {
            0 => """{"system":"http://sample.example/animals"}""",
            1 => $$"""{"system":"http://sample.example/animals","concept":[{"code":"{{code}}"},{"code":"dog"}]}""",
            2 => """{"system":"http://snomed.info/sct"}""",
            3 => """{"valueSet":["http://nowhere.example/vs"]}""",
            _ => $$"""{"system":"http://sample.example/animals","filter":[{"property":"code","op":"{{op}}","value":"{{code}}"}]}""",
        };

    private static readonly Gen<string> Compose =
        from includes in Gen.ListOf(Include)
        from excludes in Gen.ListOf(Include)
        select $$"""{"include":[{{string.Join(',', includes.Take(3))}}],"exclude":[{{string.Join(',', excludes.Take(2))}}]}""";

    [Fact]
    public void Expansion_and_membership_agree_on_any_composition() =>
        Prop.ForAll(Compose.ToArbitrary(), compose =>
        {
            var terminology = Sample.With(Sample.Animals, Sample.ValueSet("any", compose));
            var set = terminology.ValueSet(Sample.Url("any"));
            var codes = Expansion.Of(terminology, set, new ExpansionRequest()).Codes.Where(code => code.System == Sample.System).Select(code => code.Code).ToHashSet(StringComparer.Ordinal);
            return Array.TrueForAll([.. Animals, "unicorn"], code => set.Has(Sample.System, code) == Membership.Yes == codes.Contains(code))
                && (!set.IsClosed || Array.TrueForAll(Animals, code => set.Has(Sample.System, code) != Membership.Unknown));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Expansion_and_membership_agree_on_what_is_published()
    {
        foreach (var resource in DefinitionSet.R4.All("ValueSet").Where((_, position) => position % 7 == 0))
        {
            var set = R4.ValueSet(resource["url"].AsString()!);
            foreach (var code in Expansion.Of(R4, set, new ExpansionRequest { Count = 50 }).Codes)
            {
                Assert.Equal(Membership.Yes, set.Has(code.System, code.Code));
                Assert.Equal(Membership.Yes, CodeValidation.Of(R4, set, code.System, code.Code, code.Display).Result);
                Assert.NotEqual(Membership.Yes, set.Has(code.System, code.Code + "?"));
            }
        }
    }

    [Fact]
    public void Subsumption_is_transitive_and_turns_round()
    {
        const string Role = "http://terminology.hl7.org/CodeSystem/v3-RoleCode";
        var codes = Expansion.Of(R4, R4.ValueSet("http://terminology.hl7.org/ValueSet/v3-PersonalRelationshipRoleType"), new ExpansionRequest()).Codes.Select(code => code.Code).ToArray();
        Assert.True(codes.Length > 30);
        var related = from one in Gen.Elements(codes) from two in Gen.Elements(codes) from three in Gen.Elements(codes) select (one, two, three);
        Prop.ForAll(related.ToArbitrary(), sample =>
            (!IsAbove(sample.one, sample.two) || !IsAbove(sample.two, sample.three) || IsAbove(sample.one, sample.three))
            && IsAbove(sample.one, sample.two) == (Of(sample.two, sample.one) is SubsumptionOutcome.SubsumedBy or SubsumptionOutcome.Equivalent)).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

        bool IsAbove(string above, string below) => Of(above, below) is SubsumptionOutcome.Subsumes or SubsumptionOutcome.Equivalent;
        SubsumptionOutcome Of(string one, string two) => Subsumption.Of(R4, Role, one, two).Outcome;
    }
}
