using Isthmus.Exchange.Contracts;

namespace Isthmus.Inbound.Tests.Compliance;

public sealed class MllpCompliance(SharedEdge shared) : ListenerCompliance, IClassFixture<SharedEdge>
{
    private protected override RunningEdge Edge => shared.Edge;

    private protected override RunningEdge Start(Func<SiteModel, SiteModel> change) => RunningEdge.Start(shared.Edge.Store, change);

    private protected override async Task<string> SendAsync(RunningEdge edge, string message)
    {
        await using var sender = await edge.ConnectAsync();
        await sender.SendAsync(message);

        // Answers leave in frame order: where the next frame's comes first, this one has none.
        var marker = Results.NewId();
        await sender.SendAsync(Results.Message(marker, version: "0.0"));
        var text = await sender.ReceiveTextAsync();
        return text.Contains($"|{marker}\r", StringComparison.Ordinal) ? "" : text;
    }
}
