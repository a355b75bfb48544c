using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Isthmus.Testing;

namespace Isthmus.Inbound.Tests.Door;

/// <summary>
/// A proxy from Debian's packages in front of the door, set as leniently as it can be and reusing its connections to the door. It marks
/// every request that it forwards.
/// </summary>
internal sealed class ReverseProxy : IAsyncDisposable
{
    /// <summary>The mark of a forwarded request.</summary>
    public const string Mark = "X-Through";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly Process process;

    private ReverseProxy(string program, Func<string, int, string> configuration, Func<string, string[]> arguments)
    {
        var folder = Scratch.NewFolder("proxy").FullName;
        Port = FreePort.Next();
        var file = Path.Combine(folder, "proxy.conf");
        File.WriteAllText(file, configuration(folder, Port));
        process = Process.Start(new ProcessStartInfo(Programs.Find(program)!, arguments(file)) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        _ = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
    }

    public int Port { get; }

    public static ReverseProxy Nginx(int door) => new(
        "nginx",
        (folder, port) => $$"""
            daemon off;
            master_process off;
            pid {{folder}}/pid;
            error_log stderr crit;
            events { worker_connections 512; }
            http {
              access_log off;
              client_body_temp_path {{folder}}/a;
              proxy_temp_path {{folder}}/b;
              fastcgi_temp_path {{folder}}/c;
              uwsgi_temp_path {{folder}}/d;
              scgi_temp_path {{folder}}/e;
              upstream door { server 127.0.0.1:{{door}}; keepalive 4; }
              server {
                listen 127.0.0.1:{{port}};
                merge_slashes off;
                underscores_in_headers on;
                ignore_invalid_headers off;
                large_client_header_buffers 8 64k;
                location / {
                  proxy_pass http://door;
                  proxy_http_version 1.1;
                  proxy_request_buffering off;
                  proxy_next_upstream off;
                  proxy_set_header Host $http_host;
                  proxy_set_header Connection "";
                  proxy_set_header {{Mark}} nginx;
                }
              }
            }
            """,
        file => ["-p", Path.GetDirectoryName(file)!, "-e", "stderr", "-c", file]);

    public static ReverseProxy Haproxy(int door) => new(
        "haproxy",
        (_, port) => $"""
            global
              nbthread 1
            defaults
              mode http
              timeout connect 5s
              timeout client 20s
              timeout server 20s
              option accept-invalid-http-request
              http-reuse always
            frontend in
              bind 127.0.0.1:{port}
              http-request set-header {Mark} haproxy
              default_backend out
            backend out
              server door 127.0.0.1:{door}

            """,
        file => ["-db", "-f", file]);

    public async Task ReadyAsync() => await Eventually.Within(Soon, "the proxy listens", async () =>
    {
        Assert.False(process.HasExited, "the proxy has ended");
        try
        {
            using var probe = new TcpClient();
            await probe.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    });

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
