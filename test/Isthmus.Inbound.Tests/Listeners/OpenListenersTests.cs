using System.Net;
using System.Net.Sockets;
using Isthmus.Exchange.Contracts;
using Isthmus.Testing;

namespace Isthmus.Inbound.Tests.Listeners;

/// <summary>Listeners follow the site in force while the edge runs.</summary>
public sealed class OpenListenersTests(SharedEdge shared) : IClassFixture<SharedEdge>
{
    private const string Ward = "ward";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_listener_that_the_site_names_from_now_on_is_opened_and_takes_messages_in()
    {
        await using var edge = RunningEdge.Start(shared.Edge.Store);

        edge.Apply(site => Also(site, Ward, 0));

        await Eventually.Within(Soon, "it is open", () => edge.Ports.ContainsKey(Ward));
        await using var sender = await Sender.ConnectAsync(edge.Ports[Ward]);
        var id = Results.NewId();
        await sender.SendAsync(Results.Message(id));
        Assert.Equal(("AA", id), await sender.ReceiveAsync() is var answer ? (answer.Code, answer.ControlId) : default);
    }

    [Fact]
    public async Task A_listener_that_the_site_names_no_more_answers_what_it_took_in_and_closes_while_the_others_go_on()
    {
        await using var edge = RunningEdge.Start(shared.Edge.Store, site => Also(site, Ward, 0));
        var port = edge.Ports[Ward];
        await using var leaving = await Sender.ConnectAsync(port);
        await leaving.SendAsync(Results.Message(Results.NewId()));
        Assert.Equal("AA", (await leaving.ReceiveAsync()).Code);

        edge.Apply(site => site with { Listeners = site.Listeners.Where(l => l.Key != Ward).ToDictionary() });

        await Eventually.Within(Soon, "it is closed", () => !edge.Ports.ContainsKey(Ward));
        await Assert.ThrowsAsync<SocketException>(() => Sender.ConnectAsync(port));
        await using var staying = await edge.ConnectAsync();
        await staying.SendAsync(Results.Message(Results.NewId()));
        Assert.Equal("AA", (await staying.ReceiveAsync()).Code);
    }

    [Fact]
    public async Task A_listener_whose_settings_change_is_opened_anew()
    {
        await using var edge = RunningEdge.Start(shared.Edge.Store);

        edge.Apply(site => site.OverHttp());

        using var sender = new HttpSender();
        await Eventually.Within(Soon, "it speaks HTTP", async () =>
        {
            try
            {
                using var response = await sender.PostAsync(edge, Results.Message(Results.NewId()));
                return response.StatusCode == HttpStatusCode.OK;
            }
            catch (Exception e) when (e is HttpRequestException or KeyNotFoundException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task An_address_that_is_taken_is_told_of_once_and_opened_when_it_is_free()
    {
        await using var edge = RunningEdge.Start(shared.Edge.Store);
        var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        edge.Apply(site => Also(site, Ward, port));
        await Eventually.Within(Soon, "it is told", () => edge.Logs.Lines.Any(Tells));
        taken.Stop();
        await Eventually.Within(Soon, "it is open", () => edge.Ports.GetValueOrDefault(Ward) == port);

        Assert.Single(edge.Logs.Lines, Tells);
        bool Tells(string line) => line.Contains("Listener ward cannot listen", StringComparison.Ordinal);
    }

    /// <summary>A second listener, at which the same contract takes messages.</summary>
    private static SiteModel Also(SiteModel site, string name, int port) => site with
    {
        Listeners = site.Listeners.Append(new(name, site.Listeners[RunningEdge.Listener] with { Name = name, Port = port })).ToDictionary(),
        Contracts = [.. site.Contracts, .. site.Contracts.Select(contract => contract with { Source = contract.Source with { Listener = name } })],
    };
}
