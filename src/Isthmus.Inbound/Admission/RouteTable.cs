namespace Isthmus.Inbound.Admission;

/// <summary>Finds the route of a path. Literals go before parameters, and a path that no route names is unknown.</summary>
internal sealed class RouteTable
{
    private readonly (string[] Segments, DoorRoute Route)[] routes;

    public RouteTable(IReadOnlyList<DoorRoute> routes) => this.routes =
        [.. routes.Select(r => (Split(r.Template), r)).OrderBy(r => r.Item1.Count(IsParameter))];

    /// <returns>The route; or null with the methods that the path's routes take, none where no route names it.</returns>
    public (DoorRoute? Route, IReadOnlyDictionary<string, string> Values, IReadOnlyList<string> Methods) Find(string method, string path)
    {
        var segments = Split(path);
        List<string>? methods = null;
        foreach (var (template, route) in routes)
        {
            if (Match(template, segments, route) is not { } values)
            {
                continue;
            }

            if (route.Method == method)
            {
                return (route, values, []);
            }

            (methods ??= []).Add(route.Method);
        }

        return (null, NoValues, methods ?? (IReadOnlyList<string>)[]);
    }

    /// <summary>The form of the route that shares most of its beginning with a path, for a refusal where no route is.</summary>
    public RefusalForm FormOf(string path)
    {
        var first = Split(path)[0];
        foreach (var (template, route) in routes.Reverse())
        {
            // The most general route of an area speaks for it.
            if (template[0] == first)
            {
                return route.Form;
            }
        }

        return RefusalForm.Problem;
    }

    private static readonly Dictionary<string, string> NoValues = [];

    private static Dictionary<string, string>? Match(string[] template, string[] segments, DoorRoute route)
    {
        if (template.Length != segments.Length)
        {
            return null;
        }

        Dictionary<string, string>? values = null;
        for (var i = 0; i < template.Length; i++)
        {
            if (!IsParameter(template[i]))
            {
                if (template[i] != segments[i])
                {
                    return null;
                }

                continue;
            }

            var name = template[i][1..^1];
            if (segments[i].Length == 0 || !route.Accepts(name, segments[i]))
            {
                return null;
            }

            (values ??= new(StringComparer.Ordinal)).Add(name, segments[i]);
        }

        return values ?? NoValues;
    }

    private static bool IsParameter(string segment) => segment is ['{', .., '}'];

    private static string[] Split(string path) => path.TrimStart('/').Split('/');
}
