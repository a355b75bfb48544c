using Isthmus.Exchange.Contracts;

namespace Isthmus.Inbound.Tests.Compliance;

public sealed class MllpCompliance(SharedEdge shared) : ListenerCompliance, IClassFixture<SharedEdge>
{
    private protected override RunningEdge Edge => shared.Edge;

    private protected override RunningEdge Start(Func<SiteModel, SiteModel> change) => RunningEdge.Start(shared.Edge.Store, change);

    private protected override Task<string> SendAsync(RunningEdge edge, string message) => Wire.MllpAsync(edge, message);
}

public sealed class MllpSequenceCompliance(SharedEdge shared) : SequenceCompliance, IClassFixture<SharedEdge>
{
    private protected override RunningEdge Start(Func<SiteModel, SiteModel> change) => RunningEdge.Start(shared.Edge.Store, change);

    private protected override Task<string> SendAsync(RunningEdge edge, string message) => Wire.MllpAsync(edge, message);

    [Fact]
    public async Task Behind_a_gap_nothing_that_is_pipelined_is_accepted()
    {
        await using var edge = Start();
        await ResynchroniseAsync(edge);
        await using var sender = await edge.ConnectAsync();
        int[] numbers = [1, 2, 3, 5, 6, 7, 4];
        foreach (var number in numbers)
        {
            await sender.SendAsync(Numbered(Results.NewId(), $"{number}"));
        }

        var answers = new List<(string, string)>();
        foreach (var _ in numbers)
        {
            var answer = await sender.ReceiveAsync();
            answers.Add((answer.Code, answer.Expected));
        }

        Assert.Equal([("AA", "1"), ("AA", "2"), ("AA", "3"), ("AR", "4"), ("AR", "4"), ("AR", "4"), ("AA", "4")], answers);
    }

    [Fact]
    public async Task A_long_pipelined_stream_keeps_its_numbers()
    {
        await using var edge = Start();
        await ResynchroniseAsync(edge);
        await using var sender = await edge.ConnectAsync();
        var sending = Task.Run(async () =>
        {
            for (var number = 1; number <= 300; number++)
            {
                await sender.SendAsync(Numbered(Results.NewId(), $"{number}"));
            }
        });

        for (var number = 1; number <= 300; number++)
        {
            var answer = await sender.ReceiveAsync();
            Assert.Equal(("AA", $"{number}"), (answer.Code, answer.Expected));
        }

        await sending;
    }
}
