using Isthmus.Governance.Checks;

namespace Isthmus.Governance.Tests.Loading;

/// <summary>What is wrong with the shape of a file is found with its line, and all of it at once.</summary>
public sealed class ShapeFaultTests
{
    [Fact]
    public void An_unknown_key_is_a_fault_with_its_line_and_the_key_that_was_meant()
    {
        var site = new DemoSite().Change(DemoSite.Contract, "regions:", "region:");

        var load = site.Load();

        var unknown = Assert.Single(load.Faults, f => f.Rule == "site.key-unknown");
        Assert.Equal(site.LineOf(DemoSite.Contract, "region:"), unknown.Line);
        Assert.Equal("`region` is not known here. Did you mean `regions`?", unknown.Text);
        Assert.Contains(load.Faults, f => f.Rule == "site.key-missing" && f.Text.StartsWith("`regions` is missing", StringComparison.Ordinal));
    }

    [Fact]
    public void A_missing_key_says_why_it_is_needed()
    {
        var fault = new DemoSite().Change(DemoSite.Contract, "  zone: America/New_York\n", "").OnlyFault("site.key-missing");

        Assert.Equal("`source.zone` is missing: it gives times without an offset their meaning.", fault.Text);
    }

    [Fact]
    public void A_key_that_stands_twice_is_a_fault_at_the_second()
    {
        var site = new DemoSite().Change(DemoSite.Settings, "log-level: information", "log-level: information\nlog-level: debug");

        var fault = site.OnlyFault("site.key-duplicate");

        Assert.Equal(site.LineOf(DemoSite.Settings, "log-level: debug"), fault.Line);
    }

    [Fact]
    public void Every_fault_of_every_file_is_found_in_one_pass()
    {
        var load = new DemoSite()
            .Change(DemoSite.Settings, "port: 2575", "port: 70000")
            .Change(DemoSite.Settings, "queue-age: 10m", "queue-age: soon")
            .Change(DemoSite.Policy, "basis: treatment", "basis: therapy")
            .Change(DemoSite.Contract, "mode: event", "mode: sometimes")
            .Change(DemoSite.Contract, "PID-3, rule: required", "PID_3, rule: required")
            .Load();

        Assert.Null(load.Model);
        Assert.Equal(
            [
                "integrations/lab-results.yaml: `PID_3` in `fields[].source` is not a location such as PID-5 or PID-5.1.",
                "integrations/lab-results.yaml: `sometimes` in `mode` is not one of synchronous, event, batch.",
                "isthmus.yaml: `listeners.*.port` must be a whole number from 0 to 65535.",
                "isthmus.yaml: `soon` in `watermarks.queue-age` is not a duration such as 500ms, 30s, 10m, 24h, 7d or 7y.",
                "policies/jurisdiction-us-hipaa.yaml: `therapy` in `purposes.*.basis` is not one of treatment, payment, operations, consent, public-health, law.",
            ],
            load.Faults.Where(f => f.Rule == "site.value-invalid").Select(f => $"{f.Path}: {f.Text}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("a: [1, 2", "YAML cannot be read")]
    [InlineData("a: &x 1\nb: *x", "anchors and aliases are not used")]
    [InlineData("- a\n- b", "must hold keys and values")]
    [InlineData("", "is empty")]
    [InlineData("a: 1\n---\nb: 2", "A second document")]
    public void What_is_no_plain_map_is_refused(string text, string says)
    {
        var site = new DemoSite();
        site[DemoSite.Policy] = text;

        Assert.Contains(site.Load().Faults, f => f.Path == DemoSite.Policy && f.Text.Contains(says, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(DemoSite.Policy, "[")]
    [InlineData("maps/PID.yaml", "[")]
    [InlineData("workflows/critical-result.yaml", "{a: ")]
    public void Deep_nesting_is_a_fault_and_no_crash_in_whatever_folder(string path, string opening)
    {
        var site = new DemoSite();
        site[path] = "a: " + string.Concat(Enumerable.Repeat(opening, 50_000));

        Assert.Equal(path, site.OnlyFault("site.yaml-nesting", new MapSiteChecker()).Path);
    }

    [Fact]
    public void A_file_that_does_not_belong_is_a_fault()
    {
        var site = new DemoSite();
        site["integrations/lab-results.yml"] = "x";

        Assert.Equal("integrations/lab-results.yml", site.OnlyFault("site.file-stray").Path);
    }

    [Fact]
    public void Without_isthmus_yaml_a_folder_is_no_site() =>
        new DemoSite().Remove(DemoSite.Settings).OnlyFault("site.file-missing");

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("30s", 30)]
    [InlineData("10m", 600)]
    [InlineData("24h", 86400)]
    [InlineData("7d", 604800)]
    public void Durations_are_written_with_their_unit(string text, double seconds) =>
        Assert.Equal(
            TimeSpan.FromSeconds(seconds),
            new DemoSite().Change(DemoSite.Settings, "queue-age: 10m", $"queue-age: {text}").Load().Model!.Watermarks.QueueAge);

    [Theory]
    [InlineData("10")]
    [InlineData("-1s")]
    [InlineData("1.5h")]
    [InlineData("1 h")]
    [InlineData("9999999s")]
    [InlineData("PT1H")]
    public void Other_durations_are_refused(string text) =>
        new DemoSite().Change(DemoSite.Settings, "queue-age: 10m", $"queue-age: {text}").OnlyFault("site.value-invalid");
}
