using Isthmus.Exchange.Contracts;

namespace Isthmus.Exchange.Tests.Contracts;

public sealed class FieldRulesTests
{
    [Fact]
    public void A_listed_field_is_found_by_the_bytes_of_its_segment_name()
    {
        var rules = new FieldRules([Term("PID-5"), Term("PID-30"), Term("OBX-3")]);

        Assert.Equal("PID-5", rules.For("PID"u8)!.Field(5)!.Source.ToString());
        Assert.Equal("PID-30", rules.For("PID"u8)!.Field(30)!.Source.ToString());
        Assert.Null(rules.For("PID"u8)!.Field(4));
        Assert.Null(rules.For("PID"u8)!.Field(31));
        Assert.Null(rules.For("ZLB"u8));
        Assert.Null(rules.For("PI"u8));
        Assert.Null(rules.For(default));
    }

    [Fact]
    public void A_component_follows_its_own_term_before_that_of_the_field()
    {
        var pid = new FieldRules([Term("PID-5"), Term("PID-5.7", FieldRule.Prohibited)]).For("PID"u8)!;

        Assert.True(pid.ByComponent(5));
        Assert.Equal(FieldRule.Prohibited, pid.Component(5, 7)!.Rule);
        Assert.Equal(FieldRule.Optional, pid.Component(5, 1)!.Rule);
        Assert.Equal(FieldRule.Optional, pid.Component(5, 60)!.Rule);
    }

    [Fact]
    public void Where_only_components_are_listed_the_others_are_held()
    {
        var pid = new FieldRules([Term("PID-5.1"), Term("PID-5.2")]).For("PID"u8)!;

        Assert.Null(pid.Field(5));
        Assert.NotNull(pid.Component(5, 2));
        Assert.Null(pid.Component(5, 3));
    }

    [Fact]
    public void Elements_of_a_destination_are_those_of_the_fields_it_may_read()
    {
        var rules = new FieldRules(
        [
            Term("PID-5", elements: ["Patient.name"], readers: ["ehr"]),
            Term("PID-8", elements: ["Patient.gender"], readers: ["ehr", "registry"]),
            Term(null, FieldRule.Derived, ["Patient.id"], ["ehr", "registry"]),
        ]);

        Assert.Equal(["Patient.gender", "Patient.id"], rules.ElementsFor("registry"));
        Assert.Equal(["Patient.gender", "Patient.id", "Patient.name"], rules.ElementsFor("ehr"));
        Assert.Empty(rules.ElementsFor("payer"));
    }

    [Fact]
    public void A_segment_knows_what_it_cannot_do_without() =>
        Assert.Equal(
            ["PID-3"],
            new FieldRules([Term("PID-3", FieldRule.Required), Term("PID-5")]).For("PID"u8)!.Required.Select(t => t.Source.ToString()));

    [Theory]
    [InlineData("PID-5", "PID-5")]
    [InlineData("OBX-5.12", "OBX-5.12")]
    [InlineData("ZL1-255", "ZL1-255")]
    [InlineData("PID", null)]
    [InlineData("PID-", null)]
    [InlineData("PID-0", null)]
    [InlineData("PID-256", null)]
    [InlineData("PID-5.", null)]
    [InlineData("PID-5.0", null)]
    [InlineData("pid-5", null)]
    [InlineData("1ID-5", null)]
    [InlineData("PID-+5", null)]
    [InlineData("PIDX-5", null)]
    [InlineData("PID-5.1.1", null)]
    public void Locations_are_written_as_in_the_standard(string text, string? read) =>
        Assert.Equal(read, FieldLocation.TryParse(text, out var location) ? location.ToString() : null);

    private static FieldTerm Term(string? source, FieldRule rule = FieldRule.Optional, string[]? elements = null, string[]? readers = null) => new()
    {
        Source = source is null ? null : FieldLocation.TryParse(source, out var location) ? location : throw new ArgumentException(source),
        Rule = rule,
        Elements = elements ?? [],
        Readers = readers ?? [],
        Class = DataClass.Phi,
        Authority = "lab",
        Retention = TimeSpan.FromDays(1),
        Purpose = "Says why it crosses.",
        Missing = MissingBehaviour.Finding,
    };
}
