import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Debian 12 packages of the tools. */
export const PACKAGES = 'mono-fastcgi-server4 mono-mcs mono-devel nginx-light libxml2-utils';
const TOOLS = ['fastcgi-mono-server4', 'mcs', 'wsdl', 'nginx', 'xmllint'];
const SOURCES = join(import.meta.dirname, 'server');

/** Each service's path, as documented, and the class that answers there. */
const PAGES = {
  auth: ['authenticate/v001/authenticate.asmx', 'Lab.Authenticate'],
  company: ['CRM/Company/V001/CompanyService.asmx', 'Lab.Companies'],
  product: ['Logistics/Product/V001/ProductService.asmx', 'Lab.Products'],
  invoice: ['Economy/InvoiceOrder/V001/InvoiceService.asmx', 'Lab.Invoices'],
  account: ['Economy/Account/V004/Accountservice.asmx', 'Lab.Accounts'],
  client: ['Client/V001/ClientService.asmx', 'Lab.Clients'],
} as const;

/** Tools that are not installed. */
export const missingTools = (): string[] =>
  TOOLS.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);

const run = (command: string, args: string[]): void => {
  const done = spawnSync(command, args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command} failed:\n${done.stdout}${done.stderr}`);
};

const argument = (parameter: string): string => parameter.trim().split(' ').at(-1) ?? '';

/**
 * `wsdl` writes abstract methods without a session. ASMX looks for its attributes on the method itself, so each
 * method stays, uses ASP.NET's session, and calls a virtual one. Our classes override the methods that the
 * product may call; the others answer with a fault.
 */
const asServer = (generated: string): string =>
  generated
    .replaceAll('WebMethodAttribute()', 'WebMethodAttribute(EnableSession=true)')
    .replaceAll('public abstract partial class', 'public partial class')
    .replace(
      /public abstract (\S+) (\w+)\((.*)\);$/gm,
      (_all, type: string, name: string, parameters: string) => {
        const values = parameters.split(',').map(argument).join(', ');
        return `public ${type} ${name}(${parameters}) { return Do${name}(${values}); }
        protected virtual ${type} Do${name}(${parameters}) { throw new System.NotSupportedException(); }`;
      },
    );

/** Writes the site into `directory`: code generated from the WSDLs in `wsdls` and ours, compiled into one library. */
export const buildSite = (wsdls: string, directory: string): void => {
  for (const folder of ['bin', 'wsdl', 'generated']) mkdirSync(join(directory, folder), { recursive: true });
  const sources = readdirSync(SOURCES).filter((name) => name.endsWith('.cs'));
  const files = sources.map((name) => join(SOURCES, name));
  for (const [service, [page, type]] of Object.entries(PAGES)) {
    const wsdl = join(wsdls, `${service}Service.wsdl`);
    const file = join(directory, 'generated', `${service}.cs`);
    const namespace = `${service.slice(0, 1).toUpperCase()}${service.slice(1)}`;
    run('wsdl', ['-server', '-nologo', `-namespace:${namespace}`, `-out:${file}`, wsdl]);
    writeFileSync(file, asServer(readFileSync(file, 'utf8')));
    files.push(file);
    copyFileSync(wsdl, join(directory, 'wsdl', `${service}.wsdl`));
    mkdirSync(join(directory, dirname(page)), { recursive: true });
    writeFileSync(join(directory, page), `<%@ WebService Language="C#" Class="${type}" %>\n`);
  }
  copyFileSync(join(SOURCES, 'web.config'), join(directory, 'web.config'));
  const libraries = ['System.Web', 'System.Web.Services', 'System.Web.Extensions', 'System.Xml.Linq'];
  const references = libraries.map((name) => `-r:${name}.dll`);
  run('mcs', [
    '-nologo',
    '-warn:0',
    '-target:library',
    `-out:${join(directory, 'bin', 'lab.dll')}`,
    ...references,
    ...files,
  ]);
};

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });

/** Kills a detached child and everything that it started. */
export const stopGroup = async (child: ChildProcess): Promise<void> => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGKILL');
  await ended;
};

/**
 * nginx in front. For a page that answers 599 it closes the connection without an answer; for 598 it sends a
 * gateway's HTML page.
 */
const nginxConfig = (directory: string, port: number, monoPort: number): string => `
user root; daemon off; pid ${directory}/nginx.pid; error_log ${directory}/nginx.log; worker_processes 1;
events { worker_connections 1024; }
http {
  access_log off; client_max_body_size 8m;
  client_body_temp_path ${directory}/tmp; fastcgi_temp_path ${directory}/tmp; proxy_temp_path ${directory}/tmp;
  uwsgi_temp_path ${directory}/tmp; scgi_temp_path ${directory}/tmp;
  server {
    listen 127.0.0.1:${port};
    location / {
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME ${directory}$fastcgi_script_name;
      fastcgi_pass 127.0.0.1:${monoPort};
      fastcgi_read_timeout 150s;
      fastcgi_ignore_client_abort on;
      fastcgi_intercept_errors on;
      error_page 599 = @drop;
      error_page 598 =502 @gateway;
    }
    location @drop { return 444; }
    location @gateway { default_type text/html; return 502 "<html><body><h1>502 Bad Gateway</h1></body></html>"; }
  }
}
`;

type Site = { url: string; stop: () => Promise<void> };

/** Runs the site until `stop`. Resolves when it answers. Requests are kept as files in `log`. */
export const startSite = async (directory: string, log: string): Promise<Site> => {
  const port = await freePort();
  const monoPort = await freePort();
  for (const folder of [log, join(directory, 'tmp')]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(directory, 'nginx.conf'), nginxConfig(directory, port, monoPort));
  const out = openSync(join(directory, 'mono.log'), 'a');
  const env = { ...process.env, LAB_LOG: log, MONO_THREADS_PER_CPU: '100' };
  const options: SpawnOptions = { stdio: ['ignore', out, out], env, detached: true };
  const children = [
    spawn(
      'fastcgi-mono-server4',
      [`--applications=/:${directory}`, `--socket=tcp:127.0.0.1:${monoPort}`, '--multiplex=False'],
      options,
    ),
    spawn('nginx', ['-c', join(directory, 'nginx.conf')], options),
  ];
  const stop = async (): Promise<void> => {
    for (const child of children) await stopGroup(child);
  };
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 300 && children.every((child) => child.exitCode === null); tries += 1) {
    const answer = await fetch(`${url}/control.ashx`).catch(() => undefined);
    if (answer?.ok === true) return { url, stop };
    await sleep(100);
  }
  await stop();
  throw new Error(`the site did not answer:\n${readFileSync(join(directory, 'mono.log'), 'utf8')}`);
};
