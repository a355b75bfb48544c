using Isthmus.Exchange.Contracts;

namespace Isthmus.Inbound.Tests.Compliance;

public sealed class HttpCompliance(SharedHttpEdge shared) : ListenerCompliance, IClassFixture<SharedHttpEdge>
{
    private protected override RunningEdge Edge => shared.Edge;

    private protected override RunningEdge Start(Func<SiteModel, SiteModel> change) =>
        RunningEdge.Start(shared.Edge.Store, site => change(site.OverHttp()));

    private protected override Task<string> SendAsync(RunningEdge edge, string message) => Wire.HttpAsync(edge, message);
}

public sealed class HttpSequenceCompliance(SharedHttpEdge shared) : SequenceCompliance, IClassFixture<SharedHttpEdge>
{
    private protected override RunningEdge Start(Func<SiteModel, SiteModel> change) =>
        RunningEdge.Start(shared.Edge.Store, site => change(site.OverHttp()));

    private protected override Task<string> SendAsync(RunningEdge edge, string message) => Wire.HttpAsync(edge, message);
}
