using Isthmus.Exchange.Contracts;

namespace Isthmus.Inbound.Tests.Compliance;

public sealed class HttpCompliance(SharedHttpEdge shared) : ListenerCompliance, IClassFixture<SharedHttpEdge>, IDisposable
{
    private readonly HttpSender sender = new();

    private protected override RunningEdge Edge => shared.Edge;

    private protected override RunningEdge Start(Func<SiteModel, SiteModel> change) =>
        RunningEdge.Start(shared.Edge.Store, site => change(site.OverHttp()));

    private protected override async Task<string> SendAsync(RunningEdge edge, string message)
    {
        using var response = await sender.PostAsync(edge, message);
        return await response.Content.ReadAsStringAsync();
    }

    public void Dispose() => sender.Dispose();
}
