# The workers, the ops server and the command line, from the built code.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# "npm install", not "npm ci", which fails where a lock file made elsewhere lacks optional packages of this platform.
RUN npm install
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY workers ./workers
RUN npm run build

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm install --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
# Nothing is written to the file system: run it with a read-only root, as docker-compose.yml does.
USER node
# Inside a container the bind address cannot be the guard; publish the port to a private network only.
ENV OPS_HOST=0.0.0.0 OPS_PORT=3024
EXPOSE 3024
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.OPS_PORT}/livez`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["node", "dist/workers/main.js"]
