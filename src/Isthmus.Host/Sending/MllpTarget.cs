using System.Globalization;
using Isthmus.Exchange;

namespace Isthmus.Host.Sending;

/// <summary>HOST:PORT as commands take it; an IPv6 address stands in brackets.</summary>
internal static class MllpTarget
{
    public static (string Host, int Port) Parse(string target)
    {
        var colon = target.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(target.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is 0 or > 65535)
        {
            throw new RefusalException(new("send.target-invalid", "Give the target as HOST:PORT, such as localhost:2575.", FailureDomain.Client));
        }

        return (target[..colon].Trim('[', ']'), port);
    }
}
