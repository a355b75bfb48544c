using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Isthmus.Inbound.Tests.Door;

/// <summary>HTTP answers as bytes on the wire.</summary>
internal static partial class Wires
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>All that comes until the other side closes or cuts.</summary>
    public static async Task<string> ReadToEndAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(Patience);
        var text = new StringBuilder();
        var buffer = new byte[16 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, limit.Token) is > 0 and var read)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (SocketException)
        {
            // Cut: what came before counts.
        }

        return text.ToString();
    }

    /// <summary>The statuses of all answers in it, in order.</summary>
    public static int[] Statuses(string answers) => [.. StatusLine().Matches(answers).Select(m => int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"HTTP/1\.[01] (\d{3}) ", RegexOptions.NonBacktracking)]
    private static partial Regex StatusLine();
}
