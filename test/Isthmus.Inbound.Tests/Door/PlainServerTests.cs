using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Isthmus.Inbound.Tests.Door;

/// <summary>Why there is a guard: the server without one. When a row fails, the server has become stricter, and docs/adr/0033 can say so.</summary>
public sealed class PlainServerTests
{
    [Theory]
    [InlineData("Content-Length beside Transfer-Encoding", 200, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("a signed length", 200, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc")]
    [InlineData("a bare LF in the header", 200, "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n")]
    [InlineData("chunks in HTTP/1.0", 200, "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("a chunk size beyond 64 bits", 500, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n")]
    [InlineData("a chunk extension", 200, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0;a=b\r\n\r\n")]
    [InlineData("a trailer", 200, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n")]
    [InlineData("an encoded slash between dots", 200, "GET /fhir/..%2fadmin HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("TRACE", 200, "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("absolute form", 200, "GET http://b/ HTTP/1.1\r\nHost: b\r\n\r\n")]
    public async Task The_plain_server_takes(string what, int status, string wire)
    {
        await using var server = await StartAsync();
        var port = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        using var socket = await Sender.DialAsync(port);
        await socket.SendAsync(Framing.FramingCases.Bytes(wire + "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));

        var statuses = Wires.Statuses(await Wires.ReadToEndAsync(socket));

        Assert.True(statuses.Length > 0 && statuses[0] == status, $"{what}: {string.Join(' ', statuses)}");
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = builder.Build();
        server.Run(async call =>
        {
            await call.Request.Body.CopyToAsync(Stream.Null);
            await call.Response.WriteAsync("seen");
        });
        await server.StartAsync();
        return server;
    }
}
