using System.Text.Json;
using Isthmus.Exchange.Contracts;

namespace Isthmus.Host.Running;

/// <summary>What a process says when its zones are ready: which they are, and where they listen.</summary>
/// <param name="Ready">The zones, in words.</param>
/// <param name="Process">Its id.</param>
/// <param name="Listeners">Address and port by the listener's name.</param>
/// <param name="Protocols">What each listener speaks, in words for people.</param>
internal sealed record ZonesReady(
    IReadOnlyList<string> Ready, int Process, IReadOnlyDictionary<string, string> Listeners, IReadOnlyDictionary<string, string> Protocols)
{
    public static ZonesReady Of(IEnumerable<ZoneName> zones, ZoneSet set, SiteModel site) => new(
        [.. zones.Select(z => z.Word())],
        Environment.ProcessId,
        set.Endpoints.ToDictionary(e => e.Key, e => e.Value.ToString(), StringComparer.Ordinal),
        set.Endpoints.Keys.ToDictionary(name => name, name => ProtocolOf(site.Listeners[name]), StringComparer.Ordinal));

    /// <summary>Reads back what <see cref="Line"/> wrote as JSON in another process.</summary>
    public static ZonesReady Read(string line) => JsonSerializer.Deserialize<ZonesReady>(line, JsonSerializerOptions.Web)!;

    /// <summary>One line: JSON for a program that waits for it, else a sentence.</summary>
    public string Line(bool json)
    {
        if (json)
        {
            return JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
        }

        var listening = string.Concat(Listeners.Select(l => $"; listener {l.Key} takes {Protocols[l.Key]} on {l.Value}"));
        return $"{string.Join(", ", Ready)} ready (process {Process}){listening}";
    }

    private static string ProtocolOf(ListenerSettings listener) =>
        listener.Kind switch
        {
            ListenerKind.Http => $"HL7 over HTTP at {listener.Path}",
            ListenerKind.Api => "requests of third parties",
            _ => "MLLP",
        } + (listener.Tls is null ? "" : " under TLS");
}
