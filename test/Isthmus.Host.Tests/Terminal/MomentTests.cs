using Isthmus.Host.Terminal;

namespace Isthmus.Host.Tests.Terminal;

public sealed class MomentTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-11-20", "2026-11-20T00:00:00Z")]
    [InlineData("2026-11-20T08:30", "2026-11-20T08:30:00Z")]
    [InlineData("2026-11-20T08:30:15+02:00", "2026-11-20T06:30:15Z")]
    [InlineData("90s", "2026-11-20T11:58:30Z")]
    [InlineData("15m", "2026-11-20T11:45:00Z")]
    [InlineData("2h", "2026-11-20T10:00:00Z")]
    [InlineData("3d", "2026-11-17T12:00:00Z")]
    public void A_time_is_a_date_in_UTC_or_how_long_ago(string text, string time) =>
        Assert.Equal(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture), Moment.Parse(text, Now));

    [Theory]
    [InlineData("yesterday")]
    [InlineData("")]
    [InlineData("h")]
    [InlineData("-2h")]
    [InlineData("2w")]
    [InlineData("2147483647d")]
    [InlineData("2026-13-01")]
    public void Anything_else_is_none(string text) => Assert.Null(Moment.Parse(text, Now));
}
