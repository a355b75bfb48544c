using System.Globalization;
using System.Text;

namespace Isthmus.Hl7v2.Tests;

public class Values
{
    /// <summary>Five hours behind UTC, an hour less from 02:00 on 8 March to 02:00 on 1 November.</summary>
    private static readonly TimeZoneInfo Eastern = TimeZoneInfo.CreateCustomTimeZone(
        "Test/Eastern",
        TimeSpan.FromHours(-5),
        "Eastern",
        "Standard",
        "Summer",
        [
            TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
                new DateTime(2000, 1, 1),
                new DateTime(2099, 12, 31),
                TimeSpan.FromHours(1),
                TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 8),
                TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 2, 0, 0), 11, 1)),
        ]);

    [Theory]
    [InlineData("2023", Hl7Precision.Year, "2023")]
    [InlineData("202311", Hl7Precision.Month, "2023-11")]
    [InlineData("20231102", Hl7Precision.Day, "2023-11-02")]
    [InlineData("2023110211", Hl7Precision.Hour, "2023-11-02T11:00:00-05:00")]
    [InlineData("202307021104", Hl7Precision.Minute, "2023-07-02T11:04:00-04:00")]
    [InlineData("20231102110405", Hl7Precision.Second, "2023-11-02T11:04:05-05:00")]
    [InlineData("20231102110405.6", Hl7Precision.Fraction, "2023-11-02T11:04:05.6-05:00")]
    [InlineData("20231102110405.0607+0530", Hl7Precision.Fraction, "2023-11-02T11:04:05.0607+05:30")]
    [InlineData("20231102110405Z", null, null)]
    [InlineData("20240229", Hl7Precision.Day, "2024-02-29")]
    [InlineData(" 20240229 ", Hl7Precision.Day, "2024-02-29")]
    [InlineData("00010101000000+1400", Hl7Precision.Second, "0001-01-01T00:00:00+00:00")]
    public void A_time_keeps_its_precision_and_zone(string text, Hl7Precision? precision, string? fhir)
    {
        Assert.Equal(precision is not null, Hl7DateTime.TryParse(Encoding.ASCII.GetBytes(text), out var value));
        if (precision is not null)
        {
            Assert.Equal(precision, value.Precision);
            Assert.Equal(fhir, value.ToFhirDateTime(Eastern).Text);
            Assert.Null(value.ToFhirDateTime(Eastern).Fault);
        }
    }

    [Theory]
    [InlineData("", Hl7ValueRules.DateTimeForm)]
    [InlineData("20", Hl7ValueRules.DateTimeForm)]
    [InlineData("2023-11-02", Hl7ValueRules.DateTimeForm)]
    [InlineData("2023110", Hl7ValueRules.DateTimeForm)]
    [InlineData("20231102110405.", Hl7ValueRules.DateTimeForm)]
    [InlineData("20231102110405.12345", Hl7ValueRules.DateTimeForm)]
    [InlineData("202311021104.5", Hl7ValueRules.DateTimeForm)]
    [InlineData("20231102+05", Hl7ValueRules.DateTimeForm)]
    [InlineData("20231102+1500", Hl7ValueRules.DateTimeForm)]
    [InlineData("0000", Hl7ValueRules.DateTimeRange)]
    [InlineData("19801301", Hl7ValueRules.DateTimeRange)]
    [InlineData("19800230", Hl7ValueRules.DateTimeRange)]
    [InlineData("20230229", Hl7ValueRules.DateTimeRange)]
    [InlineData("2023110224", Hl7ValueRules.DateTimeRange)]
    [InlineData("20231102115960", Hl7ValueRules.DateTimeRange)]
    public void What_is_no_time_names_its_rule(string text, string rule)
    {
        Assert.False(Hl7DateTime.TryParse(Encoding.ASCII.GetBytes(text), out _, out var fault));
        Assert.Equal(rule, fault);
    }

    [Theory]
    [InlineData("202311010130", Hl7ValueRules.DstAmbiguous, "2023-11-01T01:30:00-05:00")]
    [InlineData("202303080230", Hl7ValueRules.DstSkipped, "2023-03-08T02:30:00-05:00")]
    [InlineData("202311010130-0400", null, "2023-11-01T01:30:00-04:00")]
    [InlineData("20231101", null, "2023-11-01")]
    public void An_hour_that_comes_twice_or_never_is_reported(string text, string? rule, string fhir)
    {
        Assert.True(Hl7DateTime.TryParse(Encoding.ASCII.GetBytes(text), out var value));
        Assert.Equal(new Hl7FhirTime(fhir, rule), value.ToFhirDateTime(Eastern));
    }

    [Fact]
    public void Dates_and_instants_cut_and_fill()
    {
        Assert.True(Hl7DateTime.TryParse("20231102110405.678"u8, out var second));
        Assert.True(Hl7DateTime.TryParse("2023"u8, out var year));

        Assert.Equal("2023-11-02", second.ToFhirDate());
        Assert.Equal("2023", year.ToFhirDate());
        Assert.Equal("2023-01-01T00:00:00-05:00", year.ToFhirInstant(Eastern).Text);
    }

    [Theory]
    [InlineData("6.9", "6.9")]
    [InlineData("4.10", "4.10")]
    [InlineData("+007", "7")]
    [InlineData("-.5", "-0.5")]
    [InlineData("12.", "12")]
    [InlineData(" 0.00 ", "0.00")]
    [InlineData("1234567890123456789012345678", "1234567890123456789012345678")]
    public void A_number_keeps_its_digits(string text, string fhir)
    {
        Assert.True(Hl7Number.TryParse(Encoding.ASCII.GetBytes(text), out var number));
        Assert.Equal(fhir, number.ToFhirDecimal());
    }

    [Fact]
    public void A_number_is_the_one_that_the_platform_reads()
    {
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var digits = new char[random.Next(1, Hl7Number.LargestDigits + 1)];
            Array.ForEach([.. Enumerable.Range(0, digits.Length)], at => digits[at] = (char)('0' + (random.Next(4) == 0 ? 0 : random.Next(10))));
            var text = new string(digits);
            text = random.Next(3) == 0 ? text : text.Insert(random.Next(text.Length + 1), ".");
            text = random.Next(5) switch { 0 => "-" + text, 1 => "+" + text, _ => text };

            Assert.True(Hl7Number.TryParse(Encoding.ASCII.GetBytes(text), out var number));
            Assert.Equal(decimal.GetBits(decimal.Parse(text, CultureInfo.InvariantCulture)), decimal.GetBits(number.Value));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("<5")]
    [InlineData("13,5")]
    [InlineData("1e3")]
    [InlineData("1.2.3")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("5-")]
    [InlineData("1 000")]
    [InlineData("12345678901234567890123456789")]
    public void What_is_no_number_is_not_guessed(string text) =>
        Assert.False(Hl7Number.TryParse(Encoding.ASCII.GetBytes(text), out _));
}
