using Isthmus.Store.Embedded;

// A process that holds the embedded server of one data folder until its standard input ends, so that tests can
// kill a holder as a machine would. Prints one line when the server answers: its pid.
await using var server = await EmbeddedPostgres.StartAsync(
    new EmbeddedOptions { DataFolder = args[0], Durable = false }, CancellationToken.None);
Console.WriteLine(server.ProcessId);
while (await Console.In.ReadLineAsync() is not null)
{
}
