using Isthmus.Store.Embedded;

namespace Isthmus.Store.Tests.Embedded;

public sealed class PostmasterFileTests
{
    private const string Ready = "4711\n/data folder/cluster\n1763622000\n5432\n/run/isthmus-1\n\n   123456     32768\nready   \n";

    [Fact]
    public void A_server_that_accepts_connections_is_ready()
    {
        var file = PostmasterFile.Parse(Ready);

        Assert.Equal(4711, file!.ProcessId);
        Assert.True(file.IsReady);
    }

    [Fact]
    public void A_server_that_still_recovers_is_not_ready() =>
        Assert.False(PostmasterFile.Parse(Ready.Replace("ready   ", "starting", StringComparison.Ordinal))!.IsReady);

    [Fact]
    public void The_same_server_keeps_its_identity_when_its_status_changes() =>
        Assert.Equal(
            PostmasterFile.Parse(Ready)!.Identity,
            PostmasterFile.Parse(Ready.Replace("ready   ", "stopping", StringComparison.Ordinal))!.Identity);

    [Theory]
    [InlineData("")]
    [InlineData("4711\n")]
    [InlineData("not a pid\n/data\n1\n2\n")]
    public void A_file_that_is_still_being_written_is_no_file(string text) => Assert.Null(PostmasterFile.Parse(text));
}
