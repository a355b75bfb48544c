namespace Isthmus.Store.Embedded;

/// <summary>The server's own log. It is quiet, and one older file is kept, so that it never grows for ever.</summary>
internal static class ServerLog
{
    private const long Most = 10 * 1024 * 1024;

    public static void Rotate(string log)
    {
        if (new FileInfo(log) is { Exists: true, Length: > Most })
        {
            File.Move(log, log + ".1", overwrite: true);
        }
    }

    public static string LastLine(string log) =>
        File.Exists(log) ? File.ReadLines(log).LastOrDefault(line => line.Length > 0) ?? "no log" : "no log";
}
