using Isthmus.Trust.Consent.Decision;
using static Isthmus.Trust.Tests.Consent.Say;

namespace Isthmus.Trust.Tests.Consent;

/// <summary>Periods of consents and of data (cases T01 to T07).</summary>
public sealed class TimeTests
{
    [Fact]
    public void An_expired_consent_denies() =>
        Denies(Decide(Hipaa, Ask(), Signed("{'type':'permit','period':{'start':'2022-01-01','end':'2022-12-31'}}")), ConsentReasons.Expired);

    [Fact]
    public void A_consent_that_begins_tomorrow_denies_today() =>
        Denies(Decide(Hipaa, Ask(), Signed("{'type':'permit','period':{'start':'2026-11-21'}}")), ConsentReasons.NotYetValid);

    [Theory]
    [InlineData("2026-11-20T23:59:59-05:00", true)]
    [InlineData("2026-11-21T04:59:59Z", true)]
    [InlineData("2026-11-21T00:00:00-05:00", false)]
    public void A_consent_ends_with_its_last_day_in_the_zone_of_the_policy(string at, bool permits)
    {
        var consent = Signed("{'type':'permit','period':{'end':'2026-11-20'}}");
        var decision = Decide(Hipaa, Ask() with { At = DateTimeOffset.Parse(at, null) }, consent);

        Assert.Equal(permits, decision.Permits);
    }

    [Theory]
    [InlineData("2026-11-20T12:00:00.250-05:00", true)]
    [InlineData("2026-11-20T17:00:00.25Z", true)]
    [InlineData("2026-11-20T17:00:00.2500001Z", false)]
    [InlineData("2026-11-20T17:00:00.249Z", true)]
    public void The_end_of_a_period_belongs_to_it(string at, bool permits)
    {
        var consent = Signed("{'type':'permit','period':{'end':'2026-11-20T12:00:00.250-05:00'}}");
        var decision = Decide(Hipaa, Ask() with { At = DateTimeOffset.Parse(at, null) }, consent);

        Assert.Equal(permits, decision.Permits);
    }

    [Fact]
    public void An_end_in_whole_seconds_includes_its_second()
    {
        var consent = Signed("{'type':'permit','period':{'end':'2026-11-20T12:00:00-05:00'}}");

        Permits(Decide(Hipaa, Ask() with { At = Noon.AddMilliseconds(999) }, consent));
        Denies(Decide(Hipaa, Ask() with { At = Noon.AddSeconds(1) }, consent), ConsentReasons.Expired);
    }

    [Fact]
    public void A_refusal_for_the_data_of_one_year_leaves_the_next()
    {
        var consent = Signed("{'type':'permit','provision':[{'type':'deny','dataPeriod':{'start':'2022-01-01','end':'2022-12-31'}}]}");

        Denies(Decide(Hipaa, Ask("HRESCH", Of(2022, 6, 1)), consent), ConsentReasons.Refused);
        Permits(Decide(Hipaa, Ask("HRESCH", Of(2023, 6, 1)), consent));
        Denies(Decide(Hipaa, Ask("HRESCH", Observation), consent), ConsentReasons.Refused);
    }

    [Fact]
    public void A_partial_date_covers_all_that_it_names()
    {
        var consent = Signed("{'type':'permit','dataPeriod':{'start':'2022-02','end':'2022-02'}}");

        Permits(Decide(Hipaa, Ask("HRESCH", Of(2022, 2, 28, 23, 59, 59)), consent));
        Denies(Decide(Hipaa, Ask("HRESCH", Of(2022, 3, 1)), consent), ConsentReasons.NotCovered);
        Denies(Decide(Hipaa, Ask("HRESCH", Observation), consent), ConsentReasons.NotCovered);
    }

    [Fact]
    public void Data_that_only_partly_falls_into_a_permit_is_not_covered()
    {
        var from = new DateTimeOffset(2022, 2, 27, 0, 0, 0, TimeSpan.FromHours(-5));
        var data = Observation with { Period = (from, from.AddDays(3)) };

        Denies(Decide(Hipaa, Ask("HRESCH", data), Signed("{'type':'permit','dataPeriod':{'end':'2022-02'}}")), ConsentReasons.NotCovered);
    }

    private static DataFacts Of(int year, int month, int day, int hour = 0, int minute = 0, int second = 0)
    {
        var at = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.FromHours(-5));
        return Observation with { Period = (at, at) };
    }
}
